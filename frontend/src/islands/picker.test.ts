import { beforeEach, expect, test, vi } from 'vitest'
import { chosenOf, matching, upgrade } from './picker'

const names = ['李晓雯', '张伟', '王思远', '陈洁', '欧阳明', '赵敏', '孙倩', '周杰', '吴昊']

function build(multiple = false): HTMLSelectElement {
  const options = names.map((name, at) => `<option value="${at + 1}"${at === 1 ? ' data-search="zhangwei zw"' : ''}>${name}</option>`).join('')
  document.body.innerHTML = `<form><label for="who">负责人</label><select id="who" name="who" data-picker${multiple ? ' multiple' : ''}><option value="">无</option>${options}</select></form>`
  upgrade(document)
  return document.querySelector('select') as HTMLSelectElement
}
const field = () => document.querySelector<HTMLInputElement>('.picker input') as HTMLInputElement
const rows = () => [...document.querySelectorAll<HTMLElement>('[role="option"]')]
const type = (text: string) => {
  field().value = text
  field().dispatchEvent(new Event('input', { bubbles: true }))
}
const press = (key: string, more: KeyboardEventInit = {}) => field().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))

beforeEach(() => (document.body.innerHTML = ''))

test('finds by part of the name, by pinyin and by full-width letters', () => {
  const select = build()
  expect(matching(select, '晓').map(option => option.text)).toEqual(['李晓雯'])
  expect(matching(select, 'ZW').map(option => option.text)).toEqual(['张伟'])
  expect(matching(select, 'ｚｈａｎｇ').map(option => option.text)).toEqual(['张伟'])
})

test('puts the choice into the select and tells the form', () => {
  const select = build()
  const changed = vi.fn()
  select.form?.addEventListener('change', changed)
  type('思远')
  press('Enter')
  expect(select.value).toBe('3')
  expect(field().value).toBe('王思远')
  expect(changed).toHaveBeenCalledOnce()
})

test('does not take Enter away from an input method', () => {
  const select = build()
  type('思')
  press('Enter', { isComposing: true })
  expect(select.value).toBe('')
})

test('takes several where several may be chosen, and gives them back', () => {
  const select = build(true)
  type('张')
  press('Enter')
  type('李')
  press('Enter')
  expect(chosenOf(select).map(option => option.value)).toEqual(['1', '2'])
  document.querySelector<HTMLElement>('.picker-chips [data-value="1"]')?.click()
  expect(chosenOf(select).map(option => option.value)).toEqual(['2'])
})

test('shows no box for a short list', () => {
  document.body.innerHTML = '<select data-picker><option value="1">a</option></select>'
  upgrade(document)
  expect(document.querySelector('.picker')).toBeNull()
  expect(rows()).toHaveLength(0)
})

test('is announced as a combobox with the label of the select', () => {
  build()
  expect(document.querySelector('label')?.htmlFor).toBe(field().id)
  expect(field().getAttribute('aria-expanded')).toBe('false')
  type('李')
  expect(field().getAttribute('aria-expanded')).toBe('true')
})

test('takes the options that several selects share when it is opened, and keeps what is chosen', () => {
  document.body.innerHTML =
    '<template id="all"><option value="1" data-search="linyue ly">林悦</option><option value="2">王磊</option></template>' +
    '<form><select name="role" data-picker data-options="all"><option value="">无</option><option value="2" selected>王磊</option></select></form>'
  upgrade(document)
  const select = document.querySelector('select') as HTMLSelectElement
  expect(select.options.length).toBe(2)
  type('ly')
  press('Enter')
  expect(select.value).toBe('1')
  expect([...select.options].map(option => option.value)).toEqual(['', '2', '1'])
})
