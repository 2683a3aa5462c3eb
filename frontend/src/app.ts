/** The scripts of every page. Each island works by attributes on what the server sent; see web/README.md. */
import htmx from 'htmx.org'
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
initSortable()
initGrid()
initTimer()
initEstimate()
initLive()
initOffline()
initOutbox()

// What only some pages have.
onContent(root => {
  if (root.querySelector('[data-quadrant-board]')) void import('./islands/quadrants').then(({ initQuadrants }) => initQuadrants())
  if (root.querySelector('[data-ranking]')) void import('./islands/ranking').then(({ initRanking }) => initRanking())
  if (root.querySelector('select[data-picker]')) void import('./islands/picker').then(({ upgrade }) => upgrade(root))
  if (root.querySelector('[data-outline]')) void import('./islands/outline').then(({ initOutline }) => initOutline())
  for (const gantt of all(root, '[data-gantt]')) void import('./islands/gantt/gantt').then(({ start }) => start(gantt))
  for (const sheet of all(root, '[data-sheet]')) void import('./islands/sheet/sheet').then(({ start }) => start(sheet))
  // Root itself may be the form that came.
  if (all(root, '[data-composer], [data-upload], [data-inbox]').length) void import('./islands/talk').then(({ start }) => start(root))
  if (all(root, '[data-ritual]').length) void import('./islands/ritual').then(({ start }) => start())
  if (root.querySelector('[data-planner]')) void import('./islands/planner/planner').then(({ initPlanner }) => initPlanner())
  if (root.querySelector('table[data-tree]')) void import('./islands/goal-tree').then(({ upgrade }) => upgrade())
})

onContent(root => {
  if (root.querySelector('[data-board]')) void import('./islands/board')
})

onContent(root => {
  // Root itself may be the part that came.
  if (all(root, '[data-team-plan]').length) void import('./islands/team-plan')
})

onContent(root => {
  if (root.querySelector('table[data-windowed]')) void import('./islands/windowed')
})

// Tests and slow machines can see that the page answers now.
document.documentElement.dataset.ready = ''
