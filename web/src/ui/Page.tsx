/** The column a page's content stands in. */
import clsx from 'clsx'
import type { ReactNode } from 'react'
import { useEffect } from 'react'
import classes from './Shell.module.css'

export function Page({ children, narrow, title }: { children: ReactNode; narrow?: boolean; title?: string }) {
  useTitle(title)
  return <div className={clsx(classes.page, narrow && classes.pageNarrow)}>{children}</div>
}

export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Skald` : 'Skald'
  }, [title])
}
