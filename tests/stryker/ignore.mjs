/** Changes that Stryker need not try: in the words of an invariant, and where the compiler says that nobody gets. */
const WORDS = {
  shouldIgnore({ node, parent }) {
    if (parent?.type === 'CallExpression' && parent.callee.name === 'assert' && parent.arguments.indexOf(node) === 1) return 'words'
    return node.type === 'SwitchCase' && node.test === null ? 'nobody gets there' : undefined
  },
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'words', value: WORDS }]
