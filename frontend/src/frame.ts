/** What the page says about itself: addresses, the person, sentences in their language. */

interface FrameData {
  paths: Record<string, string>
  person: number | null
  newestEvent?: number
  strings: Record<string, string>
}

let data: FrameData | undefined

function frame(): FrameData {
  if (!data) {
    const source = document.getElementById('frame-data')?.textContent
    data = source ? (JSON.parse(source) as FrameData) : { paths: {}, person: null, strings: {} }
  }
  return data
}

/** The address called `name`, or "" on a page that has none. */
export const path = (name: string): string => frame().paths[name] ?? ''

/** The key of the person who is logged in, for what is kept on this device; "" before log-in. */
export const personKey = (): string => String(frame().person ?? '')

/** The newest event there was when the page was made; 0 where nobody is logged in. */
export const newestEvent = (): number => frame().newestEvent ?? 0

/** A sentence in the person's language, with {names} filled in. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const text = frame().strings[key] ?? key
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** Read the page's data again; for tests. */
export function forgetFrame(): void {
  data = undefined
}
