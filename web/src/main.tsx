/** Starts the app: styles, theme, data, router. */
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@fontsource-variable/alegreya/wght.css'
import '@fontsource-variable/alegreya/wght-italic.css'
import '@fontsource-variable/source-sans-3/wght.css'
import './ui/global.css'
import './i18n'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, useCallback, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { startAuth } from './api/auth'
import { queryClient } from './api/queries'
import { wireLive } from './live/live'
import { router } from './router'
import { useAuth } from './ui/auth'
import { Loading, Unreachable } from './ui/states'
import { theme, variables } from './ui/theme'

const colorScheme = localStorageColorSchemeManager({ key: 'skald-color-scheme' })

function Gate() {
  const { status } = useAuth()
  const retry = useCallback(() => void startAuth(), [])
  useEffect(() => {
    // Somebody signed in or out (perhaps in another tab): let the routes decide again.
    if (status === 'signed_in' || status === 'signed_out') void router.invalidate()
    if (status === 'signed_out') queryClient.clear()
  }, [status])
  if (status === 'unknown') return <Loading height="100dvh" />
  if (status === 'unreachable')
    return (
      <main id="main">
        <Unreachable retry={retry} />
      </main>
    )
  return <RouterProvider router={router} />
}

wireLive()
void startAuth()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        colorSchemeManager={colorScheme}
        defaultColorScheme="auto"
      >
        <Notifications position="bottom-center" limit={3} />
        <QueryClientProvider client={queryClient}>
          <Gate />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
