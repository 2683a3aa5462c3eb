/** The side drawer: shows a page beside the one you are on. The address holds it, so Back and reload work. */
import { nearest } from '../dom'
import { firstPlace, openDialog } from './overlays'

const PARAMETER = 'drawer'
let titleBehind = ''
// A page has been asked for and has not come yet.
let isAwaited = false

const drawer = () => document.getElementById('drawer') as HTMLDialogElement | null
const content = () => document.getElementById('drawer-content')

/** The page the address wants in the drawer, or "". Only pages of this site. */
export function wanted(address: string): string {
  const page = new URL(address).searchParams.get(PARAMETER) ?? ''
  return /^\/(?![/\\])/.test(page) ? page : ''
}

/** `address` with `page` in the drawer, or with none. */
export function withDrawer(address: string, page: string): string {
  const url = new URL(address)
  if (page) url.searchParams.set(PARAMETER, page)
  else url.searchParams.delete(PARAMETER)
  return url.pathname + url.search + url.hash
}

/** Show `page` in the drawer and in the address. */
export function openDrawer(page: string): void {
  const element = drawer()
  if (!element) return void location.assign(page)
  if (element.open && wanted(location.href) === page) return
  const change = element.open ? 'replaceState' : 'pushState'
  history[change]({ drawer: page }, '', withDrawer(location.href, page))
  show(element, page)
}

function show(element: HTMLDialogElement, page: string): void {
  const place = content()
  const loading = element.querySelector<HTMLTemplateElement>('template[data-loading]')
  if (!place) return
  place.replaceChildren(loading?.content.cloneNode(true) ?? '')
  const heading = element.querySelector('#drawer-title')
  if (heading) heading.textContent = '…'
  element.querySelector('[data-drawer-page]')?.setAttribute('href', page)
  if (!element.open) titleBehind = document.title
  openDialog(element)
  isAwaited = true
  void window.htmx.ajax('GET', page, { source: place, target: place, swap: 'innerHTML' })
}

function onSwapped(): void {
  const element = drawer()
  if (!element?.open) return
  const title = element.querySelector<HTMLTemplateElement>('template[data-drawer-title]')
  const heading = element.querySelector('#drawer-title')
  if (title && heading) heading.textContent = title.content.textContent
  title?.remove()
  if (!isAwaited) return
  isAwaited = false
  // Only when the person has not gone on by themselves in the meantime.
  const at = document.activeElement
  if (!at || at === content() || at.contains(element)) firstPlace(element)?.focus({ preventScroll: true })
}

/** Bring the drawer in line with the address, after Back or Forward. */
function follow(): void {
  const element = drawer()
  if (!element) return
  const page = wanted(location.href)
  if (page) show(element, page)
  else if (element.open) element.close()
}

function onClosed(): void {
  content()?.replaceChildren()
  if (titleBehind) document.title = titleBehind
  if (wanted(location.href)) history.replaceState(null, '', withDrawer(location.href, ''))
}

function onClick(event: MouseEvent): void {
  const link = nearest<HTMLAnchorElement>(event, 'a[data-drawer]')
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
  const url = new URL(link.href)
  if (url.origin !== location.origin) return
  event.preventDefault()
  openDrawer(url.pathname + url.search)
}

export function initDrawer(): void {
  const element = drawer()
  if (!element) return
  let shownAt = withDrawer(location.href, '')
  document.addEventListener('click', onClick)
  document.addEventListener('htmx:after:swap', onSwapped)
  document.addEventListener('htmx:after:history:push', () => (shownAt = withDrawer(location.href, '')))
  document.addEventListener('drawer:close', () => element.close())
  element.addEventListener('close', onClosed)
  // htmx reloads the page on Back; when only the drawer differs, that would be too much.
  document.addEventListener('htmx:before:history:restore', event => {
    if (withDrawer(location.href, '') === shownAt) event.preventDefault()
  })
  addEventListener('popstate', () => {
    if (withDrawer(location.href, '') === shownAt) follow()
  })
  if (wanted(location.href)) follow()
}
