/** The scripts of every page. Each island works by attributes on what the server sent; see web/README.md. */
import htmx from 'htmx.org'
import { alive, bring } from './alive'
import { all, onContent } from './dom'
import { initAddRow } from './islands/add-row'
import { initBulk } from './islands/bulk'
import { initConflict } from './islands/conflict'
import { initCopy } from './islands/copy'
import { initDrafts } from './islands/drafts'
import { initDrawer } from './islands/drawer'
import { initEstimate } from './islands/estimate'
import { initFilters } from './islands/filters'
import { initFormRows } from './islands/form-rows'
import { initGrid } from './islands/grid'
import { initInlineEditor } from './islands/inline-editor'
import { initLines } from './islands/lines'
import { initLive } from './islands/live'
import { initLooks } from './islands/looks'
import { initOffline } from './islands/offline'
import { initOnce } from './islands/once'
import { initOutbox } from './islands/outbox'
import { initOverlays } from './islands/overlays'
import { initPalette } from './islands/palette'
import { initQuickAdd } from './islands/quick-add'
import { initRequests } from './islands/requests'
import { initRowMenu } from './islands/row-menu'
import { initSession } from './islands/session'
import { initShortcuts } from './islands/shortcuts'
import { initSliders } from './islands/sliders'
import { initSortable } from './islands/sortable'
import { initTimer } from './islands/timer'
import { initToasts } from './islands/toasts'

window.htmx = htmx

initToasts()
initOverlays()
initRequests()
initSession()
initLooks()
initOnce()
initDrafts()
initConflict()
initCopy()
initBulk()
initPalette()
initQuickAdd()
initDrawer()
initShortcuts()
initRowMenu()
initInlineEditor()
initAddRow()
initFormRows()
initFilters()
initLines()
initSliders()
initSortable()
initGrid()
initTimer()
initEstimate()
initLive()
initOffline()
initOutbox()

// What only some pages have.
onContent(root => {
  // Root itself may be the part that came.
  const has = (selector: string) => all(root, selector).length > 0
  if (has('[data-quadrant-board]')) bring(import('./islands/quadrants'), ({ initQuadrants }) => initQuadrants())
  if (has('[data-ranking]')) bring(import('./islands/ranking'), ({ initRanking }) => initRanking())
  if (has('select[data-picker]')) bring(import('./islands/picker'), ({ upgrade }) => upgrade(root))
  if (has('[data-outline]')) bring(import('./islands/outline'), ({ initOutline }) => initOutline())
  for (const gantt of all(root, '[data-gantt]')) bring(import('./islands/gantt/gantt'), ({ start }) => start(gantt))
  for (const sheet of all(root, '[data-sheet]')) bring(import('./islands/sheet/sheet'), ({ start }) => start(sheet))
  if (has('[data-composer], [data-upload], [data-inbox]')) bring(import('./islands/talk'), ({ start }) => start(root))
  if (has('[data-ritual]')) bring(import('./islands/ritual'), ({ start }) => start())
  if (has('[data-autosave], [data-print]')) bring(import('./islands/review'), ({ start }) => start(root))
  if (has('[data-clock]')) bring(import('./islands/agenda'), ({ start }) => start())
  if (has('[data-countdown]')) bring(import('./islands/countdown'), ({ start }) => start())
  if (has('[data-planner]')) bring(import('./islands/planner/planner'), ({ initPlanner }) => initPlanner())
  if (has('table[data-tree]')) bring(import('./islands/goal-tree'), ({ upgrade }) => upgrade())
  if (has('[data-board]')) bring(import('./islands/board'))
  if (has('[data-team-plan]')) bring(import('./islands/team-plan'))
  if (has('table[data-windowed]')) bring(import('./islands/windowed'))
})

alive()
