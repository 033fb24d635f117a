/** Changing through whose eyes the campaign is read. */
import { useQueryClient } from '@tanstack/react-query'
import { setViewAs, type ViewAs } from '@/api/viewAs'

/** A function that changes it. All that was read through the other eyes is forgotten, and read again. */
export function useEyes(campaignId: string): (next: ViewAs | null) => Promise<void> {
  const queries = useQueryClient()
  return async (next) => {
    const queryKey = ['campaign', campaignId]
    await queries.cancelQueries({ queryKey })
    setViewAs(next)
    await queries.resetQueries({ queryKey })
  }
}
