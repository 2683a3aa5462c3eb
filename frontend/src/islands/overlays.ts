/** Dialogs and menus: opened by attributes, closed by Esc, ✕ and a click outside; focus returns to the opener. */
import { all, nearest, onContent } from '../dom'
import { isComposing } from '../keys'

/** Open a dialog over the page; the browser traps focus in it and gives it back on closing. */
export function openDialog(dialog: HTMLDialogElement): void {
  if (dialog.open) return
  dialog.showModal()
  firstPlace(dialog)?.focus()
  const toasts = document.getElementById('toasts')
  if (toasts?.matches(':popover-open')) {
    // Stay above the dialog that has just entered the top layer.
    toasts.hidePopover()
    toasts.showPopover()
  }
}

const FIELDS = 'input:not([type="hidden"]), textarea, select'

// Fields beside a record that is shown, not a form to fill in: with the focus there no single key would work.
const ASIDE = '.add-row, .finder, .composer, [data-row]'

/** Where a person goes on in a dialog: its first field, else its text; not the ✕ that the browser would take. */
export function firstPlace(dialog: HTMLElement): HTMLElement | null {
  const body = dialog.querySelector<HTMLElement>('.dialog-body, .drawer-body') ?? dialog
  const field = [...body.querySelectorAll<HTMLElement>(FIELDS)].find(one => !one.closest(ASIDE))
  return dialog.querySelector<HTMLElement>('[autofocus]') ?? field ?? body
}

function isOutside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect()
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom
}

function onClick(event: MouseEvent): void {
  const opener = nearest(event, '[data-dialog]')
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog ?? '')
    if (dialog instanceof HTMLDialogElement) openDialog(dialog)
  }
  const closer = nearest(event, '[data-close]')
  const dialog = closer?.closest('dialog')
  if (closer && dialog) {
    event.preventDefault()
    dialog.close()
  }
  closeMenus(nearest(event, '[data-menu]'))
}

/** A press that starts and ends on the backdrop closes; one that only slipped there while selecting text does not. */
function onPointerDown(event: PointerEvent): void {
  if (event.target instanceof HTMLDialogElement && isOutside(event.target, event)) event.target.close()
}

function closeMenus(except: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details[data-menu][open]')) {
    if (menu !== except) menu.open = false
  }
}

function onMenuKey(event: KeyboardEvent): void {
  const menu = nearest<HTMLDetailsElement>(event, 'details[data-menu]')
  if (!menu || isComposing(event)) return
  if (event.key === 'Escape' && menu.open) {
    event.stopPropagation()
    menu.open = false
    menu.querySelector('summary')?.focus()
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault()
    menu.open = true
    step([...menu.querySelectorAll<HTMLElement>('.menu-item')], event.key === 'ArrowDown' ? 1 : -1)
  }
}

function step(items: HTMLElement[], by: 1 | -1): void {
  const at = items.indexOf(document.activeElement as HTMLElement)
  const next = at < 0 ? (by > 0 ? 0 : items.length - 1) : (at + by + items.length) % items.length
  items[next]?.focus()
}

/** What was chosen in a menu is sent: the menu is done with, or the list around it would never refresh. */
function onSent(event: Event): void {
  const { ctx } = (event as CustomEvent<{ ctx: { sourceElement: Element; request: { method: string } } }>).detail
  const menu = ctx.sourceElement.closest<HTMLDetailsElement>('details[data-menu][open]')
  if (menu && ctx.request.method !== 'GET') menu.open = false
}

export function initOverlays(): void {
  document.addEventListener('htmx:before:request', onSent)
  document.addEventListener('click', onClick)
  document.addEventListener('pointerdown', onPointerDown)
  document.addEventListener('keydown', onMenuKey)
  document.addEventListener('focusin', event => closeMenus(nearest(event, '[data-menu]')))
  // A field of a closed dialog must not keep the keys until the next paint.
  document.addEventListener('close', event => {
    const dialog = event.target
    // The event comes later: the dialog may be open again by then.
    if (dialog instanceof HTMLDialogElement && !dialog.open && dialog.contains(document.activeElement)) (document.activeElement as HTMLElement).blur()
  }, true)
  document.addEventListener('dialog:close', () => {
    document.querySelector<HTMLDialogElement>('#dialog-host dialog[open]')?.close()
  })
  onContent(root => all<HTMLDialogElement>(root, 'dialog[data-open]').forEach(openDialog))
}
