/** The sign of Skald: the rune ansuz, which stands for the spoken word. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#17464a" />
      <g fill="none" stroke="#f2d9a0" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round">
        <path d="M11 26V6" />
        <path d="M11 6.5l11 6" />
        <path d="M11 13.5l11 6" />
      </g>
    </svg>
  )
}
