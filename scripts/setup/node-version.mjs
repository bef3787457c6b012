// @ts-check
// Imported first, so that an old Node gets a sentence instead of a syntax error from somewhere deep.

const needed = [20, 19]
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const [neededMajor = 0, neededMinor = 0] = needed

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  console.error(`Entrepôt needs Node.js ${needed.join('.')} or newer; this is ${process.versions.node}.`)
  process.exit(1)
}
