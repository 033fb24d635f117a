/** Who is signed in, for components. */
import { useSyncExternalStore } from 'react'
import { type AuthState, auth } from '@/api/auth'
import type { UserOut } from '@/api/types'

export function useAuth(): AuthState {
  return useSyncExternalStore(auth.subscribe, auth.get)
}

let last: UserOut | null = null

/** Only below the signed-in layout. While it is being left, the last person's name stays for a moment. */
export function useUser(): UserOut {
  const state = useAuth()
  if (state.status === 'signed_in') last = state.user
  if (!last) throw new Error('nobody is signed in')
  return last
}
