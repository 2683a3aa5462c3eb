/** Rows of a form that can be added and removed, and proposals that are taken over into its fields. */
import { announce, nearest } from '../dom'

/** Add an empty row to a Django formset; returns it. */
export function addRow(place: Element): HTMLElement | null {
  const prefix = place.getAttribute('data-form-rows') ?? ''
  const total = place.querySelector<HTMLInputElement>(`[name="${prefix}-TOTAL_FORMS"]`)
  const template = place.querySelector<HTMLTemplateElement>('template[data-row-template]')
  const rows = place.querySelector('[data-rows-place]')
  if (!total || !template || !rows) return null
  const holder = document.createElement('template')
  holder.innerHTML = template.innerHTML.replaceAll('__prefix__', total.value)
  const row = holder.content.querySelector<HTMLElement>('[data-form-row]')
  if (!row) return null
  rows.append(row)
  total.value = String(Number(total.value) + 1)
  return row
}

const inputOf = (place: ParentNode, name: string): HTMLInputElement | null =>
  place.querySelector<HTMLInputElement>(`input[name$="${name}"]`)

/** The first row of a form that is empty, or a new one. */
function emptyRow(place: Element): HTMLElement | null {
  const rows = [...place.querySelectorAll<HTMLElement>('[data-rows-place] [data-form-row]')]
  const free = rows.find(row => !row.hidden && !inputOf(row, '-name')?.value.trim() && !inputOf(row, '-to_value')?.value)
  return free ?? addRow(place)
}

function fill(field: HTMLInputElement | null, value: string | undefined): void {
  if (field && value && !field.value) field.value = value
}

/** Fill a key result and the due date with what was read from the text of a goal; nothing typed is overwritten. */
export function fillGoal(button: HTMLElement): void {
  const form = button.closest('form')
  const place = form?.querySelector('[data-form-rows]')
  if (!form || !place) return
  const { name, from, to, unit, due } = button.dataset
  const row = name ? emptyRow(place) : null
  if (row) {
    fill(inputOf(row, '-name'), name)
    fill(inputOf(row, '-from_value'), from)
    fill(inputOf(row, '-to_value'), to)
    fill(inputOf(row, '-unit'), unit)
  }
  const day = inputOf(form, 'due_on')
  fill(day, due)
  // Where it stands today is what only the person knows.
  const open = (row && !from ? inputOf(row, '-from_value') : null) ?? (row ? inputOf(row, '-to_value') : day)
  announce('input', {}, open ?? form)
  announce('change', {}, open ?? form)
  open?.focus()
}

/** A row whose box "remove" is ticked stays in the form, so that the server hears of it, and is not shown. */
function onChange(event: Event): void {
  const box = nearest<HTMLInputElement>(event, '[data-form-row] input[name$="-DELETE"]')
  if (box?.checked) {
    const row = box.closest<HTMLElement>('[data-form-row]')
    if (row) row.hidden = true
  }
}

function onClick(event: MouseEvent): void {
  const adder = nearest(event, '[data-row-add]')
  const place = adder?.closest('[data-form-rows]')
  if (place) addRow(place)?.querySelector<HTMLElement>('input:not([type="hidden"])')?.focus()
  const filler = nearest(event, '[data-fill-goal]')
  if (filler) fillGoal(filler)
  const taker = nearest(event, '[data-take-over]')
  if (!taker) return
  const field = taker.closest('form')?.querySelector<HTMLInputElement>(`[name="${taker.dataset.takeOver}"]`)
  if (!field) return
  field.value = taker.dataset.text ?? ''
  announce('input', {}, field)
  field.focus()
  // The first blank of the proposal is what the person fills in next.
  const blank = /[【[][^】\]]*[】\]]/.exec(field.value)
  if (blank) field.setSelectionRange(blank.index, blank.index + blank[0].length)
}

export function initFormRows(): void {
  document.addEventListener('change', onChange)
  document.addEventListener('click', onClick)
}
