// `npm start`: installs what is missing, builds what has changed, and becomes the signaling server.
import './node-version.mjs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { ROOT } from './run.mjs'

stopWithNpm()
if (!(await install({ dev: false })) || !(await build())) process.exit(1)

// In this process, not in a child: a signal reaches the server itself, and killing us leaves nobody on the port.
process.chdir(ROOT)
const server = join(ROOT, 'server', 'main.ts')
process.argv[1] = server
const { register } = await import('tsx/esm/api')
register()
await import(pathToFileURL(server).href)

/** A SIGTERM for npm ends npm and the shell between us, and the shell tells nobody: so we notice that it has gone. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return
  const shell = process.ppid
  const looking = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(looking)
    process.kill(process.pid, 'SIGTERM')
  }, 250).unref()
}
