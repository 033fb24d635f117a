/** The frame of the screens before signing in. */
import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Mark } from '@/ui/Mark'
import { useTitle } from '@/ui/Page'
import { SchemeSwitch } from '@/ui/Shell'
import classes from './Guest.module.css'

export function Guest({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation()
  useTitle(title)
  return (
    <div className={classes.guest}>
      <div className={classes.corner}>
        <SchemeSwitch />
      </div>
      <aside className={classes.side} aria-hidden="true">
        <Landscape />
        <p className={classes.saying}>{t('app.tagline')}</p>
      </aside>
      <main className={classes.main} id="main">
        <Stack gap="lg" className={classes.card}>
          <div className={classes.brand}>
            <Mark size={36} />
            <span>{t('app.name')}</span>
          </div>
          <div>
            <Title order={1}>{title}</Title>
            {lead && (
              <Text c="dimmed" mt={6} component="div">
                {lead}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </main>
    </div>
  )
}

/** Mountains over a fjord at night. */
function Landscape() {
  return (
    <svg
      className={classes.scene}
      viewBox="0 0 600 900"
      preserveAspectRatio="xMidYMax slice"
      focusable="false"
      aria-hidden="true"
    >
      <defs>
        <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#0b1a22" />
          <stop offset="0.55" stopColor="#17464a" />
          <stop offset="0.8" stopColor="#5f8f80" />
          <stop offset="1" stopColor="#d9b36a" />
        </linearGradient>
      </defs>
      <rect width="600" height="900" fill="url(#sky)" />
      <g fill="#f2e6c4">
        {stars.map(([x, y, r]) => (
          <circle key={`${x}-${y}`} cx={x} cy={y} r={r} opacity={0.35 + r / 4} />
        ))}
      </g>
      <circle cx="430" cy="210" r="46" fill="#f3e7c2" opacity="0.92" />
      <path d="M0 640l90-130 60 70 110-190 95 140 70-80 175 210v240H0z" fill="#234e50" />
      <path d="M0 720l120-120 90 80 100-110 130 130 160-90v290H0z" fill="#173638" />
      <path d="M0 790c120-24 220 18 330 0s180-16 270 4v106H0z" fill="#0e2426" />
      <path d="M286 782c20 14 76 14 96 0l-10 20c-18 8-56 8-76 0z M332 780v-52l34 44z" fill="#f0cf8b" opacity="0.9" />
    </svg>
  )
}

const stars: [number, number, number][] = [
  [60, 80, 1.4],
  [120, 190, 1],
  [190, 60, 1.8],
  [250, 150, 1],
  [310, 90, 1.3],
  [380, 60, 1],
  [520, 110, 1.6],
  [560, 240, 1],
  [80, 300, 1.2],
  [210, 270, 1],
  [330, 250, 1.5],
  [500, 330, 1.1],
  [40, 420, 1],
  [150, 400, 1.3],
]
