/** Style of the API reference: the portal's palette, light and dark, with no file to load. */
export const referenceStyle = `
:root {
  color-scheme: light dark;
  --canvas: light-dark(oklch(0.982 0.002 265), oklch(0.178 0.006 265));
  --surface: light-dark(oklch(1 0 0), oklch(0.213 0.007 265));
  --sunken: light-dark(oklch(0.963 0.003 265), oklch(0.158 0.006 265));
  --line: light-dark(oklch(0.915 0.005 265), oklch(0.302 0.009 265));
  --line-strong: light-dark(oklch(0.64 0.012 265), oklch(0.545 0.012 265));
  --ink: light-dark(oklch(0.235 0.012 265), oklch(0.945 0.004 265));
  --muted: light-dark(oklch(0.455 0.014 265), oklch(0.745 0.01 265));
  --accent: light-dark(oklch(0.485 0.175 274), oklch(0.755 0.115 274));
  --ok: light-dark(oklch(0.475 0.11 155), oklch(0.785 0.13 155));
  --attention: light-dark(oklch(0.505 0.108 68), oklch(0.81 0.125 78));
  --failed: light-dark(oklch(0.51 0.178 25), oklch(0.755 0.14 23));
  --mono: ui-monospace, "JetBrains Mono", "DejaVu Sans Mono", monospace;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
html { background: var(--canvas); color: var(--ink); scroll-padding-top: 1rem; }
body {
  margin: 0; display: grid; grid-template-columns: 15rem minmax(0, 1fr);
  font: 0.875rem/1.5 Inter, ui-sans-serif, system-ui, sans-serif;
}
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: var(--mono); font-size: 0.8125rem; overflow-wrap: anywhere; }
.skip { position: absolute; left: -100vw; padding: 0.5rem 1rem; background: var(--surface); }
.skip:focus { left: 0; z-index: 1; }
nav { position: sticky; top: 0; align-self: start; height: 100vh; overflow-y: auto; padding: 1.5rem 1.25rem; border-right: 1px solid var(--line); }
nav .home { margin: 0 0 1.25rem; font-weight: 580; }
nav .home a { color: var(--ink); text-decoration: none; }
nav label { display: block; margin-bottom: 0.25rem; color: var(--muted); font-size: 0.8125rem; }
nav input {
  width: 100%; padding: 0.375rem 0.625rem; border: 1px solid var(--line-strong); border-radius: 0.375rem;
  background: var(--surface); color: inherit; font: inherit;
}
nav ul { margin: 1rem 0 0; padding: 0; list-style: none; }
nav li a { display: block; padding: 0.25rem 0; color: var(--muted); text-decoration: none; }
nav li a:hover { color: var(--ink); }
main { padding: 1.5rem clamp(1rem, 4vw, 3rem) 6rem; max-width: 62rem; }
h1 { margin: 0 0 0.75rem; font-size: 1.3125rem; font-weight: 580; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.0625rem; font-weight: 580; }
h3 { margin: 1.25rem 0 0.5rem; font-size: 0.8125rem; font-weight: 580; color: var(--muted); }
main > p { max-width: 44rem; }
#found:empty { display: none; }
details { margin-bottom: 0.5rem; border: 1px solid var(--line); border-radius: 0.625rem; background: var(--surface); }
summary { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; padding: 0.625rem 0.875rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover .what { color: var(--ink); }
.method { min-width: 3.75rem; font: 580 0.75rem/1.25rem var(--mono); color: var(--accent); }
.method.get { color: var(--ok); }
.method.put, .method.patch { color: var(--attention); }
.method.delete { color: var(--failed); }
.path { flex: 0 1 21rem; }
.what { flex: 1 1 16rem; color: var(--muted); }
.body { padding: 0 0.875rem 0.875rem; border-top: 1px solid var(--line); }
.body > p { max-width: 44rem; }
.body ul { margin: 0; padding-left: 1.125rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th { width: 26%; }
td:last-child { width: 34%; overflow-wrap: anywhere; }
th, td { padding: 0.375rem 1rem 0.375rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
td { color: var(--muted); }
.must { color: var(--attention); font-size: 0.75rem; }
pre { margin: 0; padding: 0.75rem; border-radius: 0.375rem; background: var(--sunken); white-space: pre-wrap; }
[hidden] { display: none; }
@media (max-width: 48rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; }
  summary .what { flex-basis: 100%; }
}
`

/** Search over the entries, “/” to reach it, and opening of the entry that the address names. */
export const referenceScript = `
const search = document.getElementById('search')
const found = document.getElementById('found')
const entries = [...document.querySelectorAll('.operation')]
function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  let count = 0
  for (const entry of entries) {
    entry.hidden = !words.every((word) => entry.dataset.text.includes(word))
    if (!entry.hidden) count += 1
  }
  for (const area of document.querySelectorAll('.area')) {
    area.hidden = !area.querySelector('.operation:not([hidden])')
  }
  found.textContent = words.length === 0 ? '' : count === 1 ? '1 operation' : count + ' operations'
}
function open() {
  const target = document.getElementById(location.hash.slice(1))
  if (target instanceof HTMLDetailsElement) target.open = true
}
search.addEventListener('input', filter)
addEventListener('hashchange', open)
addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== search) {
    event.preventDefault()
    search.focus()
  }
})
open()
`
