import { Command } from 'commander'
import { version } from '@/package.json'
import { addAptCommands } from '@/scripts/entrepot/apt'
import { addDeclareCommand } from '@/scripts/entrepot/declare'
import { addDmoveCommand } from '@/scripts/entrepot/dmove'
import { addDoctorCommand } from '@/scripts/entrepot/doctor'
import { addImageCommands } from '@/scripts/entrepot/image'
import { type GlobalOptions, printError } from '@/scripts/entrepot/output'
import { addStatusCommand } from '@/scripts/entrepot/status'
import { addTokenCommands } from '@/scripts/entrepot/token'
import { addUploadCommand } from '@/scripts/entrepot/upload'

const program = new Command('entrepot')
  .description('Declare what you use and why, and see how it fares.')
  .version(version)
  .option('--url <url>', 'of the installation (ENTREPOT_URL; default: the one on this machine)')
  .option('--json', 'print JSON')
  .addHelpText('after', '\nENTREPOT_TOKEN holds the API token.')
addDeclareCommand(program)
addImageCommands(program)
addStatusCommand(program)
addUploadCommand(program)
addDmoveCommand(program)
addAptCommands(program)
addTokenCommands(program)
addDoctorCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = printError(program.opts<GlobalOptions>(), error)
}
