/** Which person an entry comes from; nobody, where the game master or the rules speak. */
import type { EntryOut } from '@/api/types'

export function speaker({ author }: EntryOut): string | null {
  return author.type === 'member' ? author.user_id : null
}
