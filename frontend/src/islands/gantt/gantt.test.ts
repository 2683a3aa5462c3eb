import { describe, expect, test } from 'vitest'
import { pathOf } from './draw'
import { dayOf, following, isOpen, iso, loadOf, minute, type Raw, read, rowsOf, slip } from './model'
import { daysOff, Scale, scaleOf, ticks } from './scale'

type RawTask = Raw['tasks'][number]
const task = (id: number, title: string, start: string | null, due: string | null, more: Partial<{ parent: number; project: number; owner: number; estimate: number; status: string; progress: number; base: [string | null, string | null] }> = {}): RawTask => [
  id, 1, title, more.parent ?? null, more.project ?? null, more.owner ?? null, more.status ?? 'todo', more.progress ?? 0, more.estimate ?? null,
  start, due, 0, 0, 0, 0, 1, more.base ?? null,
]

const chart = (tasks: RawTask[], links: Raw['links'] = []) =>
  read({
    now: '2026-09-16T09:00', tasks, links, hidden: [], nodes: [], projects: { 7: { name: '国庆大促', owner: 1, due: null } }, people: { 1: '叶蓁', 2: '白露' },
    off: { '2026-09-25': 'holiday:中秋节', '2026-09-20': 'makeup:国庆节调休上班' }, cut: false,
  })

describe('days', () => {
  const { days } = chart([])
  test('know weekends, holidays and make-up days', () => {
    const off = (text: string) => days.isOff(dayOf(minute(text)))
    expect([off('2026-09-18'), off('2026-09-19'), off('2026-09-20'), off('2026-09-25')]).toEqual([false, true, false, true])
    expect(days.nameOf(dayOf(minute('2026-09-25')))).toBe('中秋节')
    expect(iso(dayOf(minute('2026-09-25T18:00')))).toBe('2026-09-25')
  })
  test('off are gathered into stretches of one kind', () => {
    const first = dayOf(minute('2026-09-25'))
    expect(daysOff(days, first, first + 2)).toEqual([[first, 1, 'holiday'], [first + 1, 2, 'weekend']])
  })
})

describe('rows', () => {
  const plan = chart([
    task(1, '主视觉', '2026-09-14T09:00', '2026-09-16T18:00', { project: 7, owner: 1 }),
    task(2, '切图', '2026-09-15T09:00', '2026-09-16T18:00', { project: 7, owner: 1, parent: 1 }),
    task(3, '散件', '2026-09-01T09:00', '2026-09-02T18:00', { owner: 2 }),
    task(4, '没有日期', null, null, { project: 7 }),
  ])
  test('stand in a tree by project, what has none last, what has no dates last in its group', () => {
    const rows = rowsOf(plan, 'project', new Set(), '无')
    expect(rows.map(row => (row.kind === 'group' ? `# ${row.title}` : `${row.level} ${row.task.title}`))).toEqual(['# 国庆大促', '2 主视觉', '3 切图', '2 没有日期', '# 无', '2 散件'])
  })
  test('fold', () => {
    expect(rowsOf(plan, 'project', new Set(['task:1']), '无').map(row => row.key)).not.toContain('task:2')
    expect(rowsOf(plan, 'project', new Set(['project:7']), '无')).toHaveLength(3)
  })
  test('stand flat by owner', () => {
    expect(rowsOf(plan, 'owner', new Set(), '无').map(row => (row.kind === 'group' ? row.title : row.level))).toEqual(['白露', 2, '叶蓁', 2, 2, '无', 2])
  })
})

describe('load', () => {
  test('spreads what is left over the working days, and counts actions instead of their task', () => {
    const { tasks, days } = chart([
      task(1, '四天', '2026-09-17T09:00', '2026-09-21T18:00', { estimate: 480, progress: 50 }), // Thu, Fri, Sun (made up), Mon
      task(2, '有动作', '2026-09-17T09:00', '2026-09-17T18:00', { estimate: 600 }),
      task(3, '动作', '2026-09-17T09:00', '2026-09-17T18:00', { estimate: 60, parent: 2 }),
      task(4, '完成了', '2026-09-17T09:00', '2026-09-17T18:00', { estimate: 60, status: 'done' }),
    ])
    const load = loadOf(tasks, days)
    expect(load.get(dayOf(minute('2026-09-17')))).toBe(120)
    expect(load.get(dayOf(minute('2026-09-19')))).toBeUndefined()
    expect(load.get(dayOf(minute('2026-09-20')))).toBe(60)
    expect(tasks.filter(isOpen)).toHaveLength(3)
  })
})

describe('links and plans', () => {
  test('all that follows is found once, circles or not', () => {
    const links = [[1, 1, 2, 0], [2, 2, 3, 0], [3, 3, 1, 0], [4, 9, 8, 0]].map(([id, before, after, lag]) => ({ id, before, after, lag })) as Parameters<typeof following>[0]
    expect([...following(links, 1)].sort()).toEqual([2, 3])
  })
  test('a slip is counted in days', () => {
    const [one] = chart([task(1, '晚了', null, '2026-09-18T18:00', { base: [null, '2026-09-16T18:00'] })]).tasks
    expect(one && slip(one)).toBe(2)
  })
  test('an arrow goes round when the successor begins too early', () => {
    expect(pathOf(100, 18, 200, 54, 36)).toBe('M100 18h8V54H200')
    expect(pathOf(100, 18, 60, 54, 36)).toBe('M100 18h8V36H48V54H60')
  })
})

describe('scale', () => {
  const scale = new Scale('day', dayOf(minute('2026-09-28')), dayOf(minute('2026-10-04')))
  test('goes from time to place and back', () => {
    expect(scale.x(minute('2026-09-29T12:00'))).toBe(54)
    expect(scale.day(scale.x(minute('2026-09-29T12:00')))).toBe(dayOf(minute('2026-09-29')))
  })
  test('names months above and days below', () => {
    const [upper, lower] = ticks(scale, scale.first, scale.last, 'zh-CN')
    expect(upper.map(tick => tick.label)).toEqual(['2026年9月', '2026年10月'])
    expect(lower.map(tick => tick.label)).toEqual(['28', '29', '30', '1', '2', '3', '4'])
    expect(ticks(new Scale('quarter', scale.first, scale.last), scale.first, scale.last, 'zh-CN')[1].map(tick => tick.label)).toEqual(['Q3', 'Q4'])
  })
  test('a date typed wrong does not make a century of chart', () => {
    const wide = scaleOf(chart([task(1, '笔误', null, '2096-09-18T18:00')]), 'month')
    expect(wide.last - wide.first).toBeLessThan(400)
  })
})
