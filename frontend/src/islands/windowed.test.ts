import { expect, test } from 'vitest'
import { putAll, take } from './windowed'

const chunks = (): HTMLElement[] => {
  document.body.innerHTML = `<table>
    <tbody id="a"><tr><td>1</td></tr><tr><td>2</td></tr></tbody>
    <tbody id="b"><tr><td><input type="checkbox" checked></td></tr></tbody></table>`
  return [...document.querySelectorAll<HTMLElement>('tbody')]
}

test('rows far away leave and come back as they were; one that is selected stays', () => {
  const [a, b] = chunks() as [HTMLElement, HTMLElement]
  const [first] = a.children
  putAll([a, b])
  expect(a.querySelectorAll('tr').length).toBe(1)
  expect(a.querySelector('tr')?.getAttribute('aria-hidden')).toBe('true')
  expect(b.querySelector('input')).not.toBeNull()
  take(a)
  expect(a.children.length).toBe(2)
  expect(a.children[0]).toBe(first)
})

test('what a refresh has taken out of the page is left alone', () => {
  const [a] = chunks() as [HTMLElement]
  a.remove()
  putAll([a])
  expect(a.children.length).toBe(2)
})
