/** Colours and type: night over a fjord in the dark, birch paper in the light; brass for dice, plum for secrets. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const fjord: MantineColorsTuple = [
  '#e9f5f4', '#d6e8e7', '#adcfcd', '#80b5b2', '#5c9f9b', '#44918d', '#348985', '#237470', '#176663', '#075855',
]
const brass: MantineColorsTuple = [
  '#fdf6e3', '#f6ead0', '#ecd4a3', '#e2bd71', '#d9a947', '#d49d2d', '#c08a1f', '#a07014', '#80580e', '#634306',
]
const plum: MantineColorsTuple = [
  '#f8eff8', '#ebdcec', '#d6b6d8', '#c08dc4', '#ae6bb3', '#a356a9', '#94479b', '#823b88', '#703077', '#5a2361',
]
const blood: MantineColorsTuple = [
  '#fdeeed', '#f7d9d7', '#edb0ac', '#e4857e', '#dc6057', '#d7493f', '#c93c33', '#ad2f28', '#952620', '#7a1b17',
]
const moss: MantineColorsTuple = [
  '#eef6ec', '#dde9da', '#bbd3b5', '#96bb8d', '#77a86b', '#639b56', '#558f48', '#447639', '#386530', '#2a5424',
]
const dark: MantineColorsTuple = [
  '#d9e0df', '#b3bfbe', '#8f9d9c', '#5d6d6c', '#324142', '#243233', '#1b2728', '#121a1c', '#0e1517', '#0a0f11',
]

export const theme = createTheme({
  primaryColor: 'fjord',
  primaryShade: { light: 7, dark: 7 },
  colors: { fjord, brass, plum, blood, moss, dark },
  fontFamily: "'Source Sans 3 Variable', 'Segoe UI', system-ui, sans-serif",
  headings: {
    fontFamily: "'Alegreya Variable', 'Iowan Old Style', Georgia, serif",
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '2.1rem', lineHeight: '1.15' },
      h2: { fontSize: '1.5rem', lineHeight: '1.2' },
      h3: { fontSize: '1.25rem', lineHeight: '1.25' },
    },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Anchor: { defaultProps: { underline: 'hover' } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
})

export const variables: CSSVariablesResolver = () => ({
  variables: { '--skald-serif': "'Alegreya Variable', 'Iowan Old Style', Georgia, serif" },
  light: {
    '--mantine-color-body': '#f5f7f6',
    '--mantine-color-text': '#1b2526',
    '--mantine-color-dimmed': '#566564',
    '--mantine-color-anchor': '#176663',
    '--mantine-color-placeholder': '#667574',
    '--mantine-color-error': '#ad2f28',
    '--skald-panel': '#ffffff',
    '--skald-sunk': '#ebefed',
    '--skald-line': '#d9e0de',
    '--skald-narration': '#22302f',
    '--skald-secret': '#703077',
    '--skald-secret-bg': '#f6edf6',
    '--skald-brass': '#80580e',
    '--skald-brass-bg': '#fbf4e2',
    '--skald-good': '#386530',
    '--skald-bad': '#952620',
    '--skald-health': '#b8443b',
    '--skald-mana': '#3b6ea8',
  },
  dark: {
    '--mantine-color-body': '#0f1517',
    '--mantine-color-text': '#d9e0df',
    '--mantine-color-dimmed': '#94a3a1',
    '--mantine-color-anchor': '#7cc0bb',
    '--mantine-color-placeholder': '#849391',
    '--mantine-color-error': '#ee8f88',
    '--skald-panel': '#151d1f',
    '--skald-sunk': '#0b1112',
    '--skald-line': '#263436',
    '--skald-narration': '#e6e3d8',
    '--skald-secret': '#d8a9dc',
    '--skald-secret-bg': '#241a27',
    '--skald-brass': '#e2bd71',
    '--skald-brass-bg': '#231d10',
    '--skald-good': '#96bb8d',
    '--skald-bad': '#ee8f88',
    '--skald-health': '#c9574d',
    '--skald-mana': '#5b8fc9',
  },
})
