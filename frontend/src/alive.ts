/** Whether the page answers: `html[data-ready]` stands while every script that it asked for has started.
 *
 * Tests and slow machines can see it; a key pressed before would go to nobody.
 */
let starting = 1

function settle(): void {
  starting -= 1
  if (starting === 0) document.documentElement.dataset.ready = ''
}

/** Say that the scripts of every page have started. */
export function alive(): void {
  settle()
}

/** Start a part that only some pages have, once its script has come. */
export function bring<Part>(part: Promise<Part>, start?: (part: Part) => void): void {
  starting += 1
  delete document.documentElement.dataset.ready
  void part.then(start).finally(settle)
}
