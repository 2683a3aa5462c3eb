/**
 * Quick-adds made without a connection: kept on this device, sent once with their key, kept with the reason if refused.
 * Logging out deletes them, because the device may be shared; before that the person is asked.
 */
import { announce, nearest } from '../dom'
import { path, personKey, t } from '../frame'
import { explain, LoggedOut, send } from '../send'
import { openDialog } from './overlays'
import { askToLogIn } from './session'
import { toast } from './toasts'

export interface Draft {
  key: string
  person: string
  text: string
  kept: string[]
  /** Kept by releases that know it; room is looked for when it is sent, and the proposal waits in the week. */
  interrupts?: boolean
  at: string
  error: string
}

const NAME = 'opsloop'
const STORE = 'quick-adds'
/** While something waits, it is tried again this often, in milliseconds. */
const AGAIN = 30_000
let isSending = false

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'key' })
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
}

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open()
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const request = work(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = transaction.onabort = () => reject(transaction.error)
    })
  } finally {
    database.close()
  }
}

/** What waits, in the order of writing; what somebody else left on this device is thrown away. */
async function waiting(): Promise<Draft[]> {
  const all = await within<Draft[]>('readonly', store => store.getAll())
  for (const one of all) if (one.person !== personKey()) await remove(one.key)
  return all.filter(one => one.person === personKey()).sort((a, b) => a.at.localeCompare(b.at))
}

const write = (draft: Draft) => within('readwrite', store => store.put(draft))
const remove = (key: string) => within('readwrite', store => store.delete(key))

/** Keep a quick-add that could not be sent; false where the device keeps nothing (private windows). */
export async function keepForLater(text: string, kept: readonly string[], key: string, interrupts = false): Promise<boolean> {
  try {
    await write({ key, person: personKey(), text, kept: [...kept], interrupts, at: new Date().toISOString(), error: '' })
  } catch {
    return false
  }
  toast({ text: t('outboxKept') })
  await show()
  return true
}

/** What the server gets: the same as from the box, and the key under which it answers once. */
export function bodyOf(draft: Draft): FormData {
  const body = new FormData()
  body.set('text', draft.text)
  for (const piece of draft.kept) body.append('kept', piece)
  if (draft.interrupts) body.set('interrupts', '1')
  body.set('submission_key', draft.key)
  return body
}

/** Send what waits, one after the other; stops at the first that does not reach the server. */
export async function flush(everything = false): Promise<void> {
  if (isSending || !navigator.onLine) return
  isSending = true
  let sent = 0
  try {
    for (const draft of await waiting()) {
      if (draft.error && !everything) continue
      const response = await send(path('quickAdd'), bodyOf(draft))
      if (response.ok) {
        await remove(draft.key)
        sent += 1
      } else await write({ ...draft, error: await reason(response) })
    }
  } catch (error) {
    if (error instanceof LoggedOut) void askToLogIn(() => void flush())
  } finally {
    isSending = false
    if (sent) {
      toast({ text: t('outboxSent') })
      announce('live', { topics: ['tasks'] })
    }
    await show()
  }
}

/** Why the server did not take a draft, in its own words. */
async function reason(response: Response): Promise<string> {
  if (response.status !== 422) return explain(response)
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  return page.body.textContent?.trim() || t('refused')
}

async function show(): Promise<void> {
  const drafts = await waiting().catch(() => [])
  const button = document.querySelector<HTMLElement>('[data-outbox]')
  if (button) button.hidden = drafts.length === 0
  const count = document.querySelector('[data-outbox-count]')
  if (count) count.textContent = t('outboxWaiting', { count: drafts.length })
  document.querySelector('[data-outbox-list]')?.replaceChildren(...drafts.map(row))
  const dialog = document.getElementById('outbox')
  if (!drafts.length && dialog instanceof HTMLDialogElement && dialog.open) dialog.close()
}

function row(draft: Draft): HTMLElement {
  const item = document.createElement('li')
  item.className = 'item'
  const main = document.createElement('div')
  main.className = 'item-main'
  main.textContent = draft.text
  if (draft.error) {
    const why = document.createElement('p')
    why.className = 'text-danger mb-0'
    why.textContent = draft.error
    main.append(why)
  }
  const drop = document.createElement('button')
  drop.type = 'button'
  drop.className = 'btn btn-quiet btn-sm item-end'
  drop.textContent = t('outboxDrop')
  drop.dataset.outboxDrop = draft.key
  item.append(main, drop)
  return item
}

function onClick(event: MouseEvent): void {
  const drop = nearest(event, '[data-outbox-drop]')
  if (drop?.dataset.outboxDrop) void remove(drop.dataset.outboxDrop).then(show)
  if (nearest(event, '[data-outbox-send]')) void flush(true)
}

/** What is to become of what waits: it is sent, it is deleted, or the person stays. */
function askBeforeLeaving(count: number): Promise<string> {
  const dialog = document.getElementById('outbox-leaving')
  if (!(dialog instanceof HTMLDialogElement)) return Promise.resolve('')
  const text = dialog.querySelector('[data-leaving-text]')
  if (text) text.textContent = t('outboxLeaving', { count })
  const verb = dialog.querySelector('[data-leaving-verb]')
  if (verb) verb.textContent = t('outboxLeave', { count })
  dialog.returnValue = ''
  openDialog(dialog)
  return new Promise(answer => dialog.addEventListener('close', () => answer(dialog.returnValue), { once: true }))
}

/** Whether the device may forget now; sends first what the person wants to be sent. */
async function mayForget(): Promise<boolean> {
  const drafts = await waiting().catch(() => [])
  if (!drafts.length) return true
  const answer = await askBeforeLeaving(drafts.length)
  if (answer !== 'send') return answer === 'delete'
  await flush(true)
  if (!(await waiting()).length) return true
  // What the server does not take stays with its reason; without a connection it simply stays.
  const list = document.getElementById('outbox')
  if (list instanceof HTMLDialogElement) openDialog(list)
  return false
}

let isLeaving = false

function onSubmit(event: SubmitEvent): void {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-logout]') || isLeaving) return
  event.preventDefault()
  event.stopImmediatePropagation()
  void mayForget().then(isMeant => {
    if (!isMeant) return
    indexedDB.deleteDatabase(NAME)
    isLeaving = true
    form.requestSubmit()
    isLeaving = false
  })
}

export function initOutbox(): void {
  if (!personKey() || typeof indexedDB === 'undefined') return
  document.addEventListener('click', onClick)
  document.addEventListener('submit', onSubmit, true)
  addEventListener('online', () => void flush())
  setInterval(() => void flush(), AGAIN)
  void show().then(() => flush())
}
