import { beforeEach, describe, expect, it, vi } from 'vitest'
import { hideDone, start } from './ritual'

const press = (target: Element, options: KeyboardEventInit = {}) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...options }))

describe('a guided page', () => {
  const pressed = vi.fn()

  beforeEach(() => {
    document.body.innerHTML = `<main id="main"><div data-ritual="morning-pick"><ul data-rows><li data-row><input type="checkbox"><input class="text"><a href="/tasks/1/">甲</a></li></ul><button data-ritual-next>下一步</button></div></main>`
    pressed.mockClear()
    document.querySelector('[data-ritual-next]')?.addEventListener('click', pressed)
    start()
  })

  it('begins each step with its first row', () => {
    document.querySelector('[data-ritual]')?.setAttribute('data-ritual', `step-${Math.random()}`)
    start()
    expect(document.activeElement).toBe(document.querySelector('[type=checkbox]'))
  })

  it('goes on at Enter from a tick', () => {
    press(document.querySelector('[type=checkbox]') as Element)
    expect(pressed).toHaveBeenCalledTimes(1)
  })

  it('leaves Enter to links, to writing, to dialogs and to input methods', () => {
    press(document.querySelector('a') as Element)
    press(document.querySelector('.text') as Element)
    press(document.body, { isComposing: true })
    press(document.body, { ctrlKey: true })
    press(document.body, { repeat: true })
    document.body.insertAdjacentHTML('beforeend', '<dialog open></dialog>')
    press(document.body)
    expect(pressed).not.toHaveBeenCalled()
  })
})

describe('the morning round', () => {
  it('lets what is done step out of the way, and brings it back when one goes back', () => {
    document.body.innerHTML = `<div id="round-steps" data-round-all="rows blocked plan" data-round-past="rows blocked"></div><section id="rows"></section><section id="blocked"></section><section id="plan"></section>`
    const shown = () => [...document.querySelectorAll<HTMLElement>('section')].filter(one => !one.hidden).map(one => one.id)
    hideDone()
    expect(shown()).toEqual(['plan'])
    document.getElementById('round-steps')?.setAttribute('data-round-past', 'rows')
    hideDone()
    expect(shown()).toEqual(['blocked', 'plan'])
    document.getElementById('round-steps')?.setAttribute('data-round-past', '')
    hideDone()
    expect(shown()).toEqual(['rows', 'blocked', 'plan'])
  })
})
