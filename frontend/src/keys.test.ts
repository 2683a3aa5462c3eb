import { describe, expect, test } from 'vitest'
import { isCommand, isComposing, isTyping } from './keys'

const key = (init: KeyboardEventInit & { keyCode?: number }) => {
  const event = new KeyboardEvent('keydown', init)
  if (init.keyCode) Object.defineProperty(event, 'keyCode', { value: init.keyCode })
  return event
}

describe('an input method at work', () => {
  test('is recognised by isComposing', () => expect(isComposing(key({ key: 'Enter', isComposing: true }))).toBe(true))
  test('is recognised by key code 229', () => expect(isComposing(key({ key: 'Enter', keyCode: 229 }))).toBe(true))
  test('is over with a plain Enter', () => expect(isComposing(key({ key: 'Enter' }))).toBe(false))
})

describe('typing', () => {
  const element = (html: string) => {
    document.body.innerHTML = html
    return document.body.firstElementChild
  }
  test('happens in text fields, areas and lists', () => {
    for (const html of ['<input>', '<input type="search">', '<textarea></textarea>', '<select></select>']) {
      expect(isTyping(element(html))).toBe(true)
    }
  })
  test('does not happen on boxes, buttons and links', () => {
    for (const html of ['<input type="checkbox">', '<button></button>', '<a href="#"></a>']) expect(isTyping(element(html))).toBe(false)
  })
})

test('a command is Ctrl or ⌘ with the letter alone', () => {
  expect(isCommand(key({ key: 'k', ctrlKey: true }), 'k')).toBe(true)
  expect(isCommand(key({ key: 'K', metaKey: true }), 'k')).toBe(true)
  expect(isCommand(key({ key: 'k', ctrlKey: true, shiftKey: true }), 'k')).toBe(false)
  expect(isCommand(key({ key: 'k' }), 'k')).toBe(false)
})
