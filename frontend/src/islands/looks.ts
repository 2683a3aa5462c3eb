/** How the page looks: theme at once, the rest after a reload; the rail remembers whether it is folded. */
import { nearest } from '../dom'
import { csrfToken } from '../send'

const YEAR = 31_536_000

function onPreference(event: SubmitEvent): void {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-preferences]')) return
  const chosen = event.submitter
  if (!(chosen instanceof HTMLButtonElement) || chosen.name === 'language') return
  event.preventDefault()
  const attribute = chosen.name === 'theme' ? 'data-bs-theme' : 'data-density'
  document.documentElement.setAttribute(attribute, chosen.value)
  for (const other of form.querySelectorAll(`button[name="${chosen.name}"]`)) other.removeAttribute('aria-current')
  chosen.setAttribute('aria-current', 'true')
  const body = new FormData(form)
  body.set(chosen.name, chosen.value)
  void fetch(form.action, { method: 'POST', body, credentials: 'same-origin', headers: { 'X-CSRFToken': csrfToken() }, redirect: 'manual' })
}

function onFold(event: MouseEvent): void {
  const button = nearest(event, '[data-rail-fold]')
  const shell = button?.closest<HTMLElement>('.shell')
  if (!button || !shell) return
  const isFolded = shell.dataset.rail !== 'folded'
  if (isFolded) shell.dataset.rail = 'folded'
  else delete shell.dataset.rail
  button.setAttribute('aria-expanded', String(!isFolded))
  document.cookie = `rail=${isFolded ? 'folded' : 'open'};path=/;max-age=${YEAR};samesite=lax`
}

export function initLooks(): void {
  document.addEventListener('submit', onPreference)
  document.addEventListener('click', onFold)
}
