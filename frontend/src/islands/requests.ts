/** What htmx cannot know by itself: failed answers become a toast, a lost session a log-in, scroll stays. */
import { t } from '../frame'
import { explain, isLogin } from '../send'
import { askToLogIn } from './session'
import { toast } from './toasts'

interface RequestDetail {
  ctx: { sourceElement: HTMLElement; sourceEvent?: SubmitEvent; response?: { status: number; raw: Response }; request?: { signal?: AbortSignal } }
  error?: unknown
}

const SWAPPED = new Set([412, 422])
// What is under way breaks off when a page is left: that is no lost connection. A download leaves nothing, so the
// word counts for a moment only.
const LEAVING_MS = 3000
let leftAt = -Infinity

/** Do once more what the person did, or what the page did by itself: that is no click, and may stand in a link. */
function again(source: HTMLElement, submitter: HTMLElement | null | undefined): void {
  if (!source.isConnected) return
  if (source.dataset.live !== undefined) return void source.dispatchEvent(new CustomEvent('live', { bubbles: false, detail: { refresh: true } }))
  if (source instanceof HTMLFormElement) source.requestSubmit(submitter?.isConnected ? submitter : null)
  else source.click()
}

function onResponse(event: Event): void {
  const { ctx } = (event as CustomEvent<RequestDetail>).detail
  if (!ctx.response || !isLogin(ctx.response.raw)) return
  event.preventDefault()
  void askToLogIn(() => again(ctx.sourceElement, ctx.sourceEvent?.submitter))
}

function onRefusal(event: Event): void {
  const { ctx } = (event as CustomEvent<RequestDetail>).detail
  if (ctx.response && !SWAPPED.has(ctx.response.status)) toast({ text: explain(ctx.response.raw), error: true })
}

function onFailure(event: Event): void {
  const { ctx, error } = (event as CustomEvent<RequestDetail>).detail
  if (performance.now() - leftAt < LEAVING_MS) return
  // A copy that is read offline says so at its top; what it would load by itself need not say it again.
  if (document.documentElement.dataset.offlineCopy && !(ctx?.sourceElement instanceof HTMLFormElement)) return
  if (error instanceof TypeError && !ctx?.response) toast({ text: t('offline'), error: true })
  else if (ctx?.request?.signal?.aborted) toast({ text: t('tooLong'), error: true })
}

export function initRequests(): void {
  document.addEventListener('htmx:before:response', onResponse)
  document.addEventListener('htmx:response:error', onRefusal)
  document.addEventListener('htmx:error', onFailure)
  addEventListener('beforeunload', () => (leftAt = performance.now()))
}
