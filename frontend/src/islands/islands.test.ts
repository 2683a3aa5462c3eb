import { beforeEach, describe, expect, test, vi } from 'vitest'
import { forgetFrame } from '../frame'
import { explain, dispatchTriggers } from '../send'
import { selectRange, sync } from './bulk'
import { apply, decided } from './conflict'
import { abandon, initDrafts, read, write } from './drafts'
import { wanted, withDrawer } from './drawer'
import { refreshSoon, showing, streamAddress, topicsOf } from './live'
import { ensureKey, initOnce } from './once'
import { firstPlace } from './overlays'
import { recent, remember, timerOf } from './palette'
import { payload } from './quick-add'
import { initRequests } from './requests'
import { adoptToken } from './session'
import { currentRow, initShortcuts, press, step } from './shortcuts'

const page = (html: string) => {
  document.body.innerHTML = html
}
const one = <T extends Element = HTMLElement>(selector: string) => document.querySelector<T>(selector) as T

beforeEach(() => {
  sessionStorage.clear()
  localStorage.clear()
  page('')
  forgetFrame()
})

describe('a request without an answer', () => {
  const fail = () => document.dispatchEvent(new CustomEvent('htmx:error', { detail: { ctx: {}, error: new TypeError('Failed to fetch') } }))
  test('is a lost connection, but not while the page is being left', () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    initRequests()
    page('<div id="toasts"></div>')
    fail()
    expect(document.querySelectorAll('.toast').length).toBe(1)
    window.dispatchEvent(new Event('beforeunload'))
    fail()
    expect(document.querySelectorAll('.toast').length).toBe(1)
    vi.advanceTimersByTime(5000)
    fail()
    expect(document.querySelectorAll('.toast').length).toBe(2)
    vi.useRealTimers()
  })
})

describe('the drawer', () => {
  test('takes pages of this site only', () => {
    expect(wanted('https://a.test/tasks/?drawer=/tasks/3/')).toBe('/tasks/3/')
    expect(wanted('https://a.test/?drawer=//evil.test/')).toBe('')
    expect(wanted('https://a.test/?drawer=/\\evil.test')).toBe('')
    expect(wanted('https://a.test/?drawer=https://evil.test/')).toBe('')
  })
  test('keeps the rest of the address', () => {
    expect(withDrawer('https://a.test/tasks/?q=1#x', '/t/')).toBe('/tasks/?q=1&drawer=%2Ft%2F#x')
    expect(withDrawer('https://a.test/tasks/?q=1&drawer=%2Ft%2F', '')).toBe('/tasks/?q=1')
  })
})

describe('live refresh', () => {
  test('names the record and its kind', () => {
    expect(topicsOf('{"kind":"task","id":12}')).toEqual(['task:12', 'tasks'])
    expect(topicsOf('{"topics":["jobs"]}')).toEqual(['jobs'])
    expect(topicsOf('nonsense')).toEqual([])
  })
  test('begins where the page was made, and anew once all was fetched again', () => {
    page('<script id="frame-data" type="application/json">{"paths":{"live":"/live/"},"person":1,"newestEvent":42,"strings":{}}</script>')
    expect(streamAddress(true, 499.2)).toBe('/live/?since=42&age=500')
    expect(streamAddress(false)).toBe('/live/')
  })
  test('finds what shows a topic', () => {
    page('<p id="a" data-live="tasks goals"></p><p id="b" data-live="task:1"></p>')
    expect(showing(['goals']).map(element => element.id)).toEqual(['a'])
  })
  test('refreshes an element once, and waits while somebody types in it', () => {
    vi.useFakeTimers()
    page('<div id="a" data-live="x"><input></div>')
    const heard = vi.fn()
    one('#a').addEventListener('live', heard)
    one<HTMLInputElement>('input').focus()
    refreshSoon([one('#a'), one('#a')])
    vi.advanceTimersByTime(1_000)
    expect(heard).toHaveBeenCalledTimes(0)
    one<HTMLInputElement>('input').blur()
    vi.advanceTimersByTime(2_500)
    expect(heard).toHaveBeenCalledTimes(1)
    vi.useRealTimers()
  })
})

describe('a draft', () => {
  const form = '<form data-draft="x"><input name="title" value="a"><input type="password" name="p" value="secret"><input type="hidden" name="csrfmiddlewaretoken" value="t"><input type="checkbox" name="tag" value="1"><input type="checkbox" name="tag" value="2" checked><select name="who"><option value="1">1</option><option value="2">2</option></select><textarea name="note"></textarea></form>'
  test('holds what was typed and neither passwords nor tokens', () => {
    page(form)
    expect(read(one('form'))).toEqual({ title: ['a'], tag: ['2'], who: ['1'], note: [''] })
  })
  test('comes back as it was', () => {
    page(form)
    write(one('form'), { title: ['b'], tag: ['1'], who: ['2'], note: ['长文'] })
    expect(read(one('form'))).toEqual({ title: ['b'], tag: ['1'], who: ['2'], note: ['长文'] })
  })
})

describe('a form sent twice', () => {
  test('gets one key and keeps it', () => {
    page('<form></form>')
    ensureKey(one('form'))
    const key = one<HTMLInputElement>('[name="submission_key"]').value
    ensureKey(one('form'))
    expect(document.querySelectorAll('[name="submission_key"]')).toHaveLength(1)
    expect(key).toMatch(/^[0-9a-f]{32}$/)
  })
  test('is stopped while the first is on its way', () => {
    initOnce()
    page('<form data-once><button></button></form>')
    const sent = vi.fn((event: Event) => event.preventDefault())
    one('form').addEventListener('submit', sent)
    const submit = () => one('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
    submit()
    submit()
    expect(sent).toHaveBeenCalledTimes(1)
    expect(one('button').getAttribute('aria-busy')).toBe('true')
  })
})

describe('selected rows', () => {
  const rows = '<form data-bulk><input data-select-all type="checkbox">' + '<input data-select-row type="checkbox">'.repeat(4) + '<div data-bulk-bar hidden><b data-bulk-count></b></div><label data-bulk-everything hidden><input type="checkbox"></label></form>'
  test('show the bar and the mixed state of the head', () => {
    page(rows)
    const boxes = [...document.querySelectorAll<HTMLInputElement>('[data-select-row]')]
    boxes[1]!.checked = true
    sync(one('form'))
    expect(one('[data-bulk-bar]').hidden).toBe(false)
    expect(one<HTMLInputElement>('[data-select-all]').indeterminate).toBe(true)
    expect(one('[data-bulk-everything]').hidden).toBe(true)
    boxes.forEach(box => (box.checked = true))
    sync(one('form'))
    expect(one<HTMLInputElement>('[data-select-all]').checked).toBe(true)
    expect(one('[data-bulk-everything]').hidden).toBe(false)
  })
  test('follow Shift from the last one to this one', () => {
    page(rows)
    const boxes = [...document.querySelectorAll<HTMLInputElement>('[data-select-row]')]
    boxes[3]!.checked = true
    selectRange(one('form'), boxes[3]!)
    expect(boxes.map(box => box.checked)).toEqual([false, false, false, true])
  })
})

describe('a draft', () => {
  test('that was given up stays away, also when its last letters were about to be kept', () => {
    vi.useFakeTimers()
    page('<form data-draft="/tasks/1/edit/"><input name="title" value="theirs"></form>')
    initDrafts()
    const type = () => {
      one<HTMLInputElement>('[name="title"]').value += '!'
      one('[name="title"]').dispatchEvent(new Event('input', { bubbles: true }))
    }
    type()
    vi.advanceTimersByTime(1_000)
    expect(sessionStorage).toHaveLength(1)
    type()
    abandon(one('form'))
    vi.advanceTimersByTime(1_000)
    expect(sessionStorage).toHaveLength(0)
    vi.useRealTimers()
  })
})

describe('a conflict', () => {
  const dialog = `<form id="c"><input type="hidden" name="version" value="3">
    <input type="radio" name="choose.title" value="theirs" data-choose="title"><input type="radio" name="choose.title" value="mine" data-choose="title" checked>
    <input type="hidden" name="title" value="mine!" data-side="merged"><input type="hidden" name="owner" value="2" data-side="merged">
    <template data-values="title"><i data-theirs="theirs!"></i><i data-mine="mine!"></i></template>
    <template data-values="owner"><i data-theirs="2"></i><i data-mine="1"></i></template></form>`
  test('merges what only one side changed and asks about the rest', () => {
    page(dialog)
    expect(decided(one('#c'), 'merge').get('owner')).toEqual(['2'])
    expect(decided(one('#c'), 'merge').get('title')).toEqual(['mine!'])
    one<HTMLInputElement>('[value="theirs"]').checked = true
    one<HTMLInputElement>('[value="mine"]').checked = false
    expect(decided(one('#c'), 'merge').get('title')).toEqual(['theirs!'])
  })
  test('overwrites with all of mine', () => {
    page(dialog)
    expect(decided(one('#c'), 'overwrite').get('owner')).toEqual(['1'])
  })
  test('goes into the form that was refused', () => {
    page('<form id="f"><input name="version" value="1"><input name="title" value="a"><select name="owner"><option value="1"></option><option value="2"></option></select><input type="checkbox" name="done" value="on" checked></form>')
    apply(one('#f'), new Map([['version', ['3']], ['title', ['b']], ['owner', ['2']]]))
    expect(Object.fromEntries(new FormData(one<HTMLFormElement>('#f')))).toEqual({ version: '3', title: 'b', owner: '2' })
  })
})

describe('the palette', () => {
  test('starts the timer of the chosen task, else of the first that was found', () => {
    document.body.innerHTML = `<div id="palette-list"><a role="option" href="/tasks/2/">乙</a><a role="option" href="/goals/1/">目标</a>
      <a role="option" href="/tasks/1/" data-timer-task="1"></a><a role="option" href="/tasks/2/" data-timer-task="2"></a></div>`
    const [task, goal] = [...document.querySelectorAll<HTMLElement>('[role=option]')]
    expect(timerOf(task)?.dataset.timerTask).toBe('2')
    expect(timerOf(goal)?.dataset.timerTask).toBe('1')
    document.querySelectorAll('[data-timer-task]').forEach(one => one.remove())
    expect(timerOf(task)).toBeUndefined()
  })

  test('remembers five pages, the newest first, each once', () => {
    for (const n of [1, 2, 3, 4, 5, 6, 3]) remember({ href: `/${n}/`, title: String(n) })
    expect(recent().map(visit => visit.title)).toEqual(['3', '6', '5', '4', '2'])
  })
})

test('quick-add sends the text and every piece that shall stay text', () => {
  const body = payload('明天 写周报', ['明天', '!高'])
  expect(body.has('interrupts')).toBe(false)
  expect(payload('客户投诉', [], true).get('interrupts')).toBe('1')
  expect(body.get('text')).toBe('明天 写周报')
  expect(body.getAll('kept')).toEqual(['明天', '!高'])
})

describe('keys on a list', () => {
  const list = '<main id="main"><ul data-rows><li data-row id="r1"><a href="#1" data-row-open>1</a><button data-row-action="d">d</button></li><li data-row id="r2"><a href="#2" data-row-open>2</a></li></ul><button data-shortcut="n"></button><input id="i"></main>'
  const type = (key: string, on: EventTarget = document.body, more: KeyboardEventInit = {}) =>
    on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
  initShortcuts()

  test('move row by row and stop at the ends', () => {
    page(list)
    step(1)
    expect(currentRow()?.id).toBe('r1')
    step(1)
    step(1)
    expect(currentRow()?.id).toBe('r2')
    step(-1)
    expect(currentRow()?.id).toBe('r1')
  })
  test('press the action of the current row, else the key of the page', () => {
    page(list)
    const done = vi.fn()
    one('[data-row-action]').addEventListener('click', done)
    const fresh = vi.fn()
    one('[data-shortcut]').addEventListener('click', fresh)
    expect(press('d')).toBe(false)
    step(1)
    expect(press('d')).toBe(true)
    expect(press('n')).toBe(true)
    expect(done).toHaveBeenCalledOnce()
    expect(fresh).toHaveBeenCalledOnce()
  })
  test('are letters while somebody types, or while an input method composes', () => {
    page(list)
    type('j', one('#i'))
    type('j', document.body, { isComposing: true })
    type('j', document.body, { ctrlKey: true })
    expect(currentRow()).toBeNull()
    type('j')
    expect(currentRow()?.id).toBe('r1')
  })
})

describe('an answer', () => {
  test('explains itself with the sentence of the server', () => {
    expect(explain(new Response('', { status: 409, headers: { 'X-Error': encodeURIComponent('已关闭') } }))).toBe('已关闭')
  })
  test('names the request when the server failed', () => {
    page('<script id="frame-data" type="application/json">{"paths":{},"person":1,"strings":{"serverError":"Broken.","requestId":"Request {id}"}}</script>')
    forgetFrame()
    expect(explain(new Response('', { status: 500, headers: { 'X-Request-ID': 'abc' } }))).toBe('Broken.\nRequest abc')
  })
  test('dispatches the events it names', () => {
    const heard = vi.fn()
    document.addEventListener('hello', event => heard((event as CustomEvent).detail), { once: true })
    dispatchTriggers(new Response('', { headers: { 'HX-Trigger': '{"hello":{"a":1}}' } }))
    expect(heard).toHaveBeenCalledWith({ a: 1 })
  })
})

test('a new log-in brings its token to every form', () => {
  page('<input name="csrfmiddlewaretoken" value="old">')
  adoptToken(`<body hx-headers:inherited='{"X-CSRFToken": "new"}'></body>`)
  expect(one<HTMLInputElement>('input').value).toBe('new')
  expect(document.body.getAttribute('hx-headers:inherited')).toContain('new')
})

test('a dialog is entered at its first field, else at its text, never at the cross', () => {
  page('<dialog id="a"><button data-close></button><div class="dialog-body" tabindex="-1"><input type="hidden"><input id="first"></div></dialog><dialog id="b"><button data-close></button><div class="dialog-body" id="text"></div></dialog>')
  expect(firstPlace(one('#a'))?.id).toBe('first')
  expect(firstPlace(one('#b'))?.id).toBe('text')
})
