/** Ranges and clipboard texts of a sheet: pure functions. */

export interface Place {
  row: number
  column: number
}

export interface Range {
  top: number
  left: number
  bottom: number
  right: number
}

export const rangeOf = (a: Place, b: Place): Range => ({
  top: Math.min(a.row, b.row),
  left: Math.min(a.column, b.column),
  bottom: Math.max(a.row, b.row),
  right: Math.max(a.column, b.column),
})

export const contains = (range: Range, row: number, column: number): boolean =>
  row >= range.top && row <= range.bottom && column >= range.left && column <= range.right

export const size = (range: Range): number => (range.bottom - range.top + 1) * (range.right - range.left + 1)

/** The cells of a copied range, as spreadsheets put them on the clipboard: tabs, lines, quotes around both. */
export function parse(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const endCell = (): void => {
    row.push(cell)
    cell = ''
  }
  const endRow = (): void => {
    endCell()
    rows.push(row)
    row = []
  }
  const clean = text.replace(/\r\n?/g, '\n')
  for (let at = 0; at < clean.length; at++) {
    const letter = clean[at] as string
    if (quoted) {
      if (letter !== '"') cell += letter
      else if (clean[at + 1] === '"') cell += clean[++at] as string
      else quoted = false
    } else if (letter === '"' && cell === '' && closes(clean, at)) quoted = true
    else if (letter === '\t') endCell()
    else if (letter === '\n') endRow()
    else cell += letter
  }
  if (cell !== '' || row.length) endRow()
  return rows
}

/** Whether a quote at the start of a cell has its end just before a tab or a line's end: else it is a mark of speech. */
function closes(text: string, at: number): boolean {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] !== '"') continue
    if (text[end + 1] === '"') end++
    else return end + 1 >= text.length || text[end + 1] === '\t' || text[end + 1] === '\n'
  }
  return false
}

/** What to put on the clipboard. A cell that a spreadsheet would run as a formula gets an apostrophe. */
export function format(rows: readonly (readonly string[])[]): string {
  return rows.map(row => row.map(written).join('\t')).join('\n')
}

function written(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[\t\n"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Where each pasted column goes: by its headings if the first row is made of such, else from `left` on. */
export function columnsFor(pasted: readonly string[][], labels: readonly string[], left: number): { columns: (number | null)[]; rows: readonly string[][] } {
  const first = pasted[0] ?? []
  const named = first.map(text => labels.indexOf(text.trim()))
  const isHead = pasted.length > 1 && first.length > 1 && named.every(at => at >= 0)
  if (isHead) return { columns: named, rows: pasted.slice(1) }
  return { columns: first.map((_, n) => (left + n < labels.length ? left + n : null)), rows: pasted }
}

export interface Choice {
  name: string
  keys: string
}

/** The choices that begin with, then those that contain what was typed; by name, pinyin or initials. */
export function matching(choices: readonly Choice[], typed: string, most = 8): Choice[] {
  const text = typed.trim().toLowerCase()
  if (!text) return choices.slice(0, most)
  const begins = choices.filter(one => one.name.toLowerCase().startsWith(text) || one.keys.startsWith(text) || one.keys.includes(` ${text}`))
  const contains = choices.filter(one => !begins.includes(one) && one.name.toLowerCase().includes(text))
  return [...begins, ...contains].slice(0, most)
}
