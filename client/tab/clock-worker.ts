/** An alarm in a Worker, whose timers are not throttled when the page is hidden (FACTS 9). One at a time: a new one replaces it. */
let alarm: ReturnType<typeof setTimeout> | undefined

addEventListener('message', (event: MessageEvent<number>) => {
  clearTimeout(alarm)
  alarm = setTimeout(() => postMessage(null), event.data)
})
