// Imported before anything else, and written so that every Node which knows modules can read it.
const [major, minor] = process.versions.node.split('.').map(Number)
const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22

if (!fits) {
  console.error('Flotilla needs Node 20.19 or newer (of Node 22: 22.12 or newer). This is Node ' + process.versions.node + '.')
  console.error('Get one at https://nodejs.org, or with a version manager: nvm install 20')
  process.exit(1)
}
