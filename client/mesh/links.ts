/** What the links of a mesh are made with. Its libraries are as much code as all the rest of a page. */
export { openChannel } from './channel.ts'
export { introduce } from './introducer.ts'
