import { Command } from 'commander'
import { version } from '@/package.json'
import { addDeclareCommand } from '@/scripts/entrepot/declare'
import { addDoctorCommand } from '@/scripts/entrepot/doctor'
import { addImageCommands } from '@/scripts/entrepot/image'
import { type GlobalOptions, printError } from '@/scripts/entrepot/output'
import { addStatusCommand } from '@/scripts/entrepot/status'
import { addTokenCommands } from '@/scripts/entrepot/token'

const program = new Command('entrepot')
  .description('Declare what you use and why, and see how it fares.')
  .version(version)
  .option('--url <url>', 'of the installation (ENTREPOT_URL; default: the one on this machine)')
  .option('--json', 'print JSON')
  .addHelpText('after', '\nENTREPOT_TOKEN holds the API token.')
addDeclareCommand(program)
addImageCommands(program)
addStatusCommand(program)
addTokenCommands(program)
addDoctorCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = printError(program.opts<GlobalOptions>(), error)
}
