/** Copies a text field: `<button data-copy="#field">`; a click into `[data-select-all-text]` selects it whole. */
import { nearest } from '../dom'

async function onClick(event: MouseEvent): Promise<void> {
  const whole = nearest(event, '[data-select-all-text]')
  if (whole instanceof HTMLInputElement) whole.select()
  const button = nearest(event, '[data-copy]')
  const field = button && document.querySelector<HTMLInputElement>(button.dataset.copy ?? '')
  if (!button || !field) return
  field.select()
  // Without https there is no clipboard interface; the old command still copies what is selected.
  if (navigator.clipboard) await navigator.clipboard.writeText(field.value)
  else document.execCommand('copy')
  button.setAttribute('aria-pressed', 'true')
  window.setTimeout(() => button.removeAttribute('aria-pressed'), 2000)
}

export function initCopy(): void {
  document.addEventListener('click', (event) => void onClick(event))
}
