import { beforeEach, describe, expect, test, vi } from 'vitest'
import { columnsFor, contains, format, matching, parse, rangeOf } from './cells'
import { steps } from './sheet'
import { type SheetData, Store } from './store'

describe('the clipboard', () => {
  test('a range from a spreadsheet, with lines and quotes inside cells', () => {
    expect(parse('写周报\t"第一行\n第二行"\r\n"他说""好"""\t\r\n')).toEqual([['写周报', '第一行\n第二行'], ['他说"好"', '']])
  })
  test('a quotation mark that only begins a text is no quote', () => {
    expect(parse('"双十一" 预热\t2h')).toEqual([['"双十一" 预热', '2h']])
  })
  test('what is copied out runs no formula and comes back as it was', () => {
    const rows = [['=1+1', '两\n行'], ['a"b', '-3']]
    expect(format(rows)).toBe('\'=1+1\t"两\n行"\n"a""b"\t\'-3')
    expect(parse(format(rows)).map(row => row.map(cell => cell.replace(/^'/, '')))).toEqual(rows)
  })
  test('headings tell where columns go; without them they go on from the cell', () => {
    const labels = ['编号', '任务', '负责人', '截止时间']
    expect(columnsFor([['截止时间', '任务'], ['明天', '写周报']], labels, 1)).toEqual({ columns: [3, 1], rows: [['明天', '写周报']] })
    expect(columnsFor([['写周报', '林悦', '明天', '多']], labels, 1)).toEqual({ columns: [1, 2, 3, null], rows: [['写周报', '林悦', '明天', '多']] })
  })
})

describe('ranges and keys', () => {
  test('a range holds what lies between its corners', () => {
    const range = rangeOf({ row: 4, column: 1 }, { row: 2, column: 3 })
    expect([contains(range, 3, 2), contains(range, 5, 2), contains(range, 3, 0)]).toEqual([true, false, false])
  })
  test('keys move as in a spreadsheet', () => {
    expect(steps('ArrowDown', false, 20)).toEqual({ row: 1, column: 0 })
    expect(steps('PageUp', false, 20)).toEqual({ row: -20, column: 0 })
    expect(steps('Home', false, 20)).toEqual({ row: 0, column: -1000 })
    expect(steps('a', false, 20)).toBeNull()
  })
  test('choices are found by name, pinyin and initials, those that begin so first', () => {
    const people = [{ name: '林知夏', keys: 'linzhixia zhixia xia lzx zx x' }, { name: '叶蓁', keys: 'yezhen zhen yz z' }, { name: '小林', keys: 'xiaolin lin xl l' }]
    expect(matching(people, 'yz').map(one => one.name)).toEqual(['叶蓁'])
    expect(matching(people, '林').map(one => one.name)).toEqual(['林知夏', '小林'])
    expect(matching(people, 'zhix').map(one => one.name)).toEqual(['林知夏'])
  })
})

describe('the store', () => {
  const data = (): SheetData => ({
    keys: [11, 12], mayCreate: true, project: null, most: 500, choices: {},
    rows: [[11, 1, 1, 'OP-1', '写周报', '林悦'], [12, 4, 0, 'OP-2', '不是我的', '陈敏']],
    columns: ['number', 'title', 'owner'].map(name => ({ name, label: name, kind: 'text', width: 80, fixed: name === 'number' })),
  })
  const made = () => new Store(data(), { rows: '/rows/', cells: '/cells/' }, () => undefined)
  const answers = (answer: object) => vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify({ rows: [], created: {}, bad: [], stale: [], undo: '', said: '', ...answer }))))
  const sent = (): { cells: unknown[]; new: unknown[] } => {
    const body = (vi.mocked(fetch).mock.calls.at(-1)?.[1] as RequestInit).body as FormData
    return JSON.parse(body.get('batch') as string) as { cells: unknown[]; new: unknown[] }
  }
  beforeEach(() => {
    vi.useFakeTimers()
    return () => {
      vi.useRealTimers()
      vi.unstubAllGlobals()
    }
  })

  test('writes only what may be written and has changed', () => {
    const store = made()
    expect([store.write(0, 0, 'x'), store.write(1, 1, 'x'), store.write(0, 1, '写周报'), store.write(0, 1, '写月报')]).toEqual([false, false, false, true])
    expect(store.text(11, 1)).toBe('写月报')
    expect(store.counts()).toEqual({ waiting: 1, bad: 0 })
  })

  test('sends cells with the version and what stood there, and keeps what is bad', async () => {
    const store = made()
    answers({ bad: [[11, 'owner', '没这人', '找不到']], rows: [[11, 2, 1, 'OP-1', '写月报', '林悦']] })
    store.write(0, 1, '写月报')
    store.write(0, 2, '没这人')
    store.saveSoon(0)
    await vi.runAllTimersAsync()
    expect(sent().cells).toEqual([[11, 1, 'title', '写月报', '写周报'], [11, 1, 'owner', '没这人', '林悦']])
    expect(store.text(11, 1)).toBe('写月报')
    expect(store.typedIn(11, 2)).toMatchObject({ text: '没这人', state: 'bad', reason: '找不到' })
    expect(store.problemAfter(0, 0)).toEqual({ row: 0, column: 2 })
    store.discard(11, 2)
    expect(store.text(11, 2)).toBe('林悦')
  })

  test('a new row waits for its title, then gets its key and keeps its bad cells', async () => {
    const store = made()
    answers({ created: { n1: 30 }, bad: [['n1', 'owner', '没这人', '找不到']], rows: [[30, 1, 1, 'OP-3', '新的', '']] })
    store.write(2, 2, '没这人')
    store.saveSoon(0)
    await vi.runAllTimersAsync()
    expect(fetch).not.toHaveBeenCalled()
    expect(store.needsTitle).toBe(true)
    store.write(2, 1, '新的')
    store.saveSoon(0)
    await vi.runAllTimersAsync()
    expect(sent().new).toEqual([['n1', { owner: '没这人', title: '新的' }]])
    expect(store.keys).toEqual([11, 12, 30])
    expect(store.typedIn(30, 2)?.state).toBe('bad')
    expect(store.text(30, 1)).toBe('新的')
  })

  test('a stale cell shows both; insisting sends it again over the new value', async () => {
    const store = made()
    answers({ stale: [[11, 'title', '我的', '他的']], rows: [[11, 5, 1, 'OP-1', '他的', '林悦']] })
    store.write(0, 1, '我的')
    store.saveSoon(0)
    await vi.runAllTimersAsync()
    expect(store.typedIn(11, 1)).toMatchObject({ state: 'stale', theirs: '他的' })
    answers({ rows: [[11, 6, 1, 'OP-1', '我的', '林悦']] })
    store.insist(11, 1)
    await vi.runAllTimersAsync()
    expect(sent().cells).toEqual([[11, 5, 'title', '我的', '他的']])
    expect(store.typedIn(11, 1)).toBeUndefined()
  })

  test('without a connection everything stays and is sent again', async () => {
    const store = made()
    vi.stubGlobal('fetch', vi.fn(async () => { throw new TypeError('offline') }))
    store.write(0, 1, '写月报')
    store.saveSoon(0)
    await vi.advanceTimersByTimeAsync(100)
    expect(store.isOffline).toBe(true)
    expect(store.text(11, 1)).toBe('写月报')
    answers({ rows: [[11, 2, 1, 'OP-1', '写月报', '林悦']] })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(store.isOffline).toBe(false)
    expect(store.counts().waiting).toBe(0)
  })
})
