import { beforeEach, describe, expect, test, vi } from 'vitest'
import { ready } from './add-row'
import { addRow } from './form-rows'
import { words } from './inline-editor'
import { placeFor } from './row-menu'

const one = <T extends Element = HTMLElement>(selector: string) => document.querySelector<T>(selector) as T
beforeEach(() => void (document.body.innerHTML = ''))

describe('the menu of a row', () => {
  const button = { left: 100, top: 500, bottom: 530 } as DOMRect
  test('opens below where there is room', () => {
    expect(placeFor(button, 200, 240, { width: 1000, height: 900 })).toEqual({ left: 100, top: 534 })
  })
  test('opens above at the foot of the page, and never leaves it', () => {
    expect(placeFor(button, 200, 240, { width: 1000, height: 600 })).toEqual({ left: 100, top: 256 })
    expect(placeFor({ ...button, left: 900 } as DOMRect, 200, 240, { width: 1000, height: 900 }).left).toBe(796)
  })
})

describe('editing in place', () => {
  test('does not take keys and versions for words', () => {
    document.body.innerHTML = '<form><input name="version" value="3"><input name="title" value="写周报"></form>'
    expect(words(one<HTMLFormElement>('form'))).toBe('[["title","写周报"]]')
  })
})

describe('the line on top of a list', () => {
  test('is empty again, has a new key and refreshes its list', () => {
    document.body.innerHTML = '<div data-live="tasks"><form><input name="text" value="写周报"><input name="submission_key" value="old"></form></div>'
    const heard = vi.fn()
    one('div').addEventListener('live', heard)
    ready(one<HTMLFormElement>('form'))
    expect(one<HTMLInputElement>('[name="text"]').value).toBe('')
    expect(one<HTMLInputElement>('[name="submission_key"]').value).not.toBe('old')
    expect(heard).toHaveBeenCalledOnce()
  })
})

describe('rows of a form', () => {
  test('are numbered on from those that are there', () => {
    document.body.innerHTML = `<fieldset data-form-rows="results"><input name="results-TOTAL_FORMS" value="2">
      <div data-rows-place></div><template data-row-template><div data-form-row><input name="results-__prefix__-name"></div></template></fieldset>`
    expect(addRow(one('fieldset'))?.querySelector('input')?.name).toBe('results-2-name')
    expect(one<HTMLInputElement>('[name="results-TOTAL_FORMS"]').value).toBe('3')
  })
})
