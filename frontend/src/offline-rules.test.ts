import { describe, expect, test } from 'vitest'
import { isKeepable, kindOf, marked, mayChangePerson, personOf } from './offline-rules'

const at = (path: string) => new URL(path, 'https://opsloop.example')
const html = new Headers({ Accept: 'text/html,*/*' })
const drawer = new Headers({ 'HX-Request': 'true', 'HX-Target': 'div%23drawer-content' })

describe('what may be kept', () => {
  test.each(['/', '/inbox/', '/tasks/12/'])('%s', path => expect(kindOf('GET', at(path), html)).toBe('page'))
  test('a task in the drawer', () => expect(kindOf('GET', at('/tasks/12/'), drawer)).toBe('drawer'))
  test.each(['/accounts/login/', '/people/', '/tasks/', '/tasks/12/edit/', '/settings/', '/calendar/feed/x.ics', '/?q=1', '/tasks/12/?tab=2', '/inbox/count/'])('not %s', path =>
    expect(kindOf('GET', at(path), html)).toBeNull(),
  )
  test('no answer to a post', () => expect(kindOf('POST', at('/'), html)).toBeNull())
  test('no other fragment', () => expect(kindOf('GET', at('/tasks/12/'), new Headers({ 'HX-Request': 'true', 'HX-Target': 'div%23rows' }))).toBeNull())
})

describe('which answers are kept', () => {
  const good = { status: 200, redirected: false, type: 'basic', headers: new Headers({ 'Content-Type': 'text/html; charset=utf-8' }) }
  test('a page', () => expect(isKeepable(good)).toBe(true))
  test.each([{ status: 404 }, { status: 503 }, { redirected: true }, { type: 'opaque' }, { headers: new Headers({ 'Content-Type': 'application/json' }) }])('not %o', other =>
    expect(isKeepable({ ...good, ...other })).toBe(false),
  )
})

describe('whose it is', () => {
  const page = (person: string) => `<html lang="zh"><script id="frame-data" type="application/json">{"paths": {}, "person": ${person}}</script></html>`
  test('a person', () => expect(personOf(page('12'))).toBe('12'))
  test('nobody', () => expect(personOf(page('null'))).toBeNull())
  test('a text that looks like it does not count', () => expect(personOf('<p>"person": 12</p>')).toBeNull())
  test.each(['/accounts/login/', '/accounts/logout/', '/invitations/x/'])('%s may change it', path => expect(mayChangePerson('POST', at(path))).toBe(true))
  test('reading does not', () => expect(mayChangePerson('GET', at('/accounts/login/'))).toBe(false))
  test('other posts do not', () => expect(mayChangePerson('POST', at('/quick-add/'))).toBe(false))
})

test('a kept page says when it was kept', () => {
  expect(marked('<!doctype html><html lang="zh">', 'page', '2026-11-27T02:00:00.000Z')).toBe('<!doctype html><html data-offline-copy="2026-11-27T02:00:00.000Z" lang="zh">')
  expect(marked('<p>x</p>', 'drawer', 'T')).toBe('<div data-offline-copy="T"></div><p>x</p>')
})
