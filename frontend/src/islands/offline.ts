/** Keeps pages for offline by the service worker, and says when one is being read without a connection. */
import { all, onContent } from '../dom'
import { path, personKey, t } from '../frame'

const TIME: Intl.DateTimeFormatOptions = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false }

/** A time in the words of the page's language: 11-27 10:32. */
export function clock(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? '' : new Intl.DateTimeFormat(document.documentElement.lang || undefined, TIME).format(at)
}

function bar(): HTMLElement {
  let element = document.getElementById('offline-bar')
  if (!element) {
    element = document.createElement('div')
    element.id = 'offline-bar'
    element.className = 'offline-bar'
    element.setAttribute('role', 'status')
    document.querySelector('main')?.before(element)
  }
  return element
}

function say(text: string, withReload: boolean): void {
  const element = bar()
  element.textContent = text
  if (!withReload) return
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn btn-sm'
  button.textContent = t('reload')
  button.addEventListener('click', () => location.reload())
  element.append(button)
}

function show(): void {
  const keptAt = document.documentElement.dataset.offlineCopy
  if (keptAt) say(t('offlineCopy', { time: clock(keptAt) }), true)
  else if (!navigator.onLine) say(t('offlineNow'), false)
  else document.getElementById('offline-bar')?.remove()
}

/** A part that came from this device says so where it stands. */
function markParts(root: ParentNode): void {
  for (const mark of all<HTMLElement>(root, 'div[data-offline-copy]:empty')) {
    mark.className = 'offline-bar'
    mark.textContent = t('offlineCopy', { time: clock(mark.dataset.offlineCopy ?? '') })
  }
}

export function initOffline(): void {
  if (!personKey()) return
  show()
  addEventListener('online', show)
  addEventListener('offline', show)
  onContent(markParts)
  // Over plain http, other than on this machine itself, browsers know no service worker: nothing is kept then.
  if (path('serviceWorker')) void navigator.serviceWorker?.register(path('serviceWorker'), { scope: '/', updateViaCache: 'none' }).catch(() => undefined)
}
