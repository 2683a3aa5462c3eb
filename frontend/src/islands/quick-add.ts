/**
 * Quick-add: one line becomes a task, several lines become several; chips show what was understood.
 * Something urgent (the box ticked, or Ctrl/⌘+Enter) goes on to the page that shows what would move for it.
 */
import { announce, nearest } from '../dom'
import { path, personKey, t } from '../frame'
import { isCommand, isComposing, isPlain, isTyping } from '../keys'
import { dispatchTriggers, explain, LoggedOut, send } from '../send'
import { keepForLater } from './outbox'
import { openDialog } from './overlays'
import { askToLogIn } from './session'
import { toast } from './toasts'

const WAIT = 40
let kept: string[] = []
let running: AbortController | undefined
let isSending = false

const dialog = () => document.getElementById('quick-add') as HTMLDialogElement | null
const form = () => dialog()?.querySelector('form') ?? null
const field = () => dialog()?.querySelector('textarea') ?? null
const urgent = () => dialog()?.querySelector<HTMLInputElement>('[name="interrupts"]') ?? null
const preview = () => document.getElementById('quick-add-preview')
const draftKey = () => `quick-add:${personKey()}`

/** Open the box; a text that was not sent yet is still there. */
export function openQuickAdd(text = ''): void {
  const box = dialog()
  const writing = field()
  if (!box || !writing) return void location.assign(path('quickAdd'))
  writing.value = text || sessionStorage.getItem(draftKey()) || ''
  kept = []
  openDialog(box)
  writing.focus()
  void look()
}

/** What is sent: the text, the pieces that shall stay plain text, and whether room is to be made for it at once. */
export function payload(text: string, pieces: readonly string[], interrupts = false): FormData {
  const body = new FormData()
  body.set('text', text)
  for (const piece of pieces) body.append('kept', piece)
  if (interrupts) body.set('interrupts', '1')
  return body
}

async function look(): Promise<void> {
  const text = field()?.value ?? ''
  sessionStorage.setItem(draftKey(), text)
  running?.abort()
  if (!text.trim()) return preview()?.replaceChildren()
  running = new AbortController()
  try {
    const response = await send(path('quickAddPreview'), payload(text, kept), running.signal)
    const html = await response.text()
    if (response.ok && text === field()?.value) preview()?.replaceChildren(document.createRange().createContextualFragment(html))
  } catch (error) {
    if (error instanceof LoggedOut) void askToLogIn()
  }
}

async function create(): Promise<void> {
  const text = field()?.value.trim()
  if (!text || isSending) return
  setSending(true)
  try {
    const interrupts = urgent()?.checked ?? false
    const body = payload(text, kept, interrupts)
    body.set('submission_key', submissionKey(text))
    const response = await send(path('quickAdd'), body)
    if (response.ok) return finish(response)
    if (response.status === 422) preview()?.replaceChildren(document.createRange().createContextualFragment(await response.text()))
    else toast({ text: explain(response), error: true })
  } catch (error) {
    if (error instanceof LoggedOut) await askToLogIn(() => void create())
    // The same key goes along: should the server have got it after all, sending it again changes nothing.
    else if (await keepForLater(text, kept, submissionKey(text), urgent()?.checked)) clear()
    else toast({ text: t('offline'), error: true })
  } finally {
    setSending(false)
  }
}

let lastKey = { text: '', key: '' }

/** The same text sent again after a lost answer makes no second task. */
function submissionKey(text: string): string {
  if (lastKey.text !== text) lastKey = { text, key: crypto.getRandomValues(new Uint32Array(4)).join('-') }
  return lastKey.key
}

/** Empty and close the box: what it held is sent, or kept to be sent. */
function clear(): void {
  lastKey = { text: '', key: '' }
  sessionStorage.removeItem(draftKey())
  const writing = field()
  if (writing) writing.value = ''
  const mark = urgent()
  if (mark) mark.checked = false
  preview()?.replaceChildren()
  dialog()?.close()
}

function finish(response: Response): void {
  clear()
  const next = response.headers.get('HX-Redirect')
  if (next) return void location.assign(next)
  dispatchTriggers(response)
  announce('live', { topics: ['tasks'] })
}

function setSending(value: boolean): void {
  isSending = value
  form()?.classList.toggle('is-pending', value)
  form()?.querySelector('button')?.toggleAttribute('aria-busy', value)
  if (value) form()?.querySelector('button')?.setAttribute('aria-busy', 'true')
}

/** Take back one chip: its words stay in the title. */
function onUnparse(event: MouseEvent): void {
  const cross = nearest(event, '#quick-add [data-unparse]')
  if (!cross) return
  event.preventDefault()
  kept.push(cross.dataset.unparse ?? '')
  field()?.focus()
  void look()
}

export function initQuickAdd(): void {
  const writing = field()
  if (!writing) return
  let timer: ReturnType<typeof setTimeout> | undefined
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), WAIT)
  }
  writing.addEventListener('input', event => {
    if (!(event as InputEvent).isComposing) later()
  })
  writing.addEventListener('compositionend', later)
  writing.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
    event.preventDefault()
    const mark = urgent()
    if (mark && isCommand(event, 'enter')) mark.checked = true
    void create()
  })
  form()?.addEventListener('submit', event => {
    event.preventDefault()
    void create()
  })
  document.addEventListener('click', onUnparse)
  document.addEventListener('click', event => {
    const opener = nearest(event, '[data-quick-add]')
    if (!opener) return
    event.preventDefault()
    openQuickAdd(opener.dataset.quickAdd)
  })
  document.addEventListener('keydown', event => {
    if (event.key.toLowerCase() !== 'q' || !isPlain(event) || isComposing(event) || isTyping(event.target)) return
    if (document.querySelector('dialog[open]:not(#drawer)')) return
    event.preventDefault()
    openQuickAdd()
  })
}
