/** The picture with its pins, to drag and zoom. Leaflet draws; nothing is fetched from anywhere. */
import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import { useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { pinIcon } from './icons'
import classes from './Map.module.css'
import { nameOf, type PinOut } from './queries'

export interface Spot {
  x: number
  y: number
}

interface MapCanvasProps {
  url: string
  width: number
  height: number
  pins: PinOut[]
  chosen: string | null
  label: string
  /** The next click sets a pin. */
  setting: boolean
  /** Pins can be dragged. */
  movable: boolean
  onSet: (at: Spot) => void
  onMove: (pin: PinOut, to: Spot) => void
  onChoose: (pin: PinOut) => void
}

const round = (part: number) => Math.round(Math.min(1, Math.max(0, part)) * 10_000) / 10_000

export function MapCanvas(props: MapCanvasProps) {
  const { url, width, height, pins, chosen, setting, movable } = props
  const frame = useRef<HTMLDivElement>(null)
  const map = useRef<L.Map | null>(null)
  const [faces, setFaces] = useState<Map<string, HTMLElement>>(new Map())
  // What Leaflet calls back is always the newest.
  const calls = useRef(props)
  calls.current = props

  useEffect(() => {
    if (!frame.current) return
    const bounds = L.latLngBounds([0, 0], [height, width])
    const made = L.map(frame.current, {
      crs: L.CRS.Simple,
      attributionControl: false,
      zoomSnap: 0.25,
      // Otherwise a picture larger than the frame would not fit into it.
      minZoom: -6,
      maxBounds: bounds.pad(0.3),
      zoomAnimation: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    })
    L.imageOverlay(url, bounds, { alt: '' }).addTo(made)
    made.fitBounds(bounds)
    made.setMinZoom(made.getZoom() - 1)
    made.setMaxZoom(Math.max(made.getZoom() + 4, 2))
    made.on('click', (event: L.LeafletMouseEvent) => {
      if (!calls.current.setting) return
      calls.current.onSet({ x: round(event.latlng.lng / width), y: round(1 - event.latlng.lat / height) })
    })
    map.current = made
    const watch = new ResizeObserver(() => made.invalidateSize())
    watch.observe(frame.current)
    return () => {
      watch.disconnect()
      made.remove()
      map.current = null
    }
  }, [url, width, height])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new picture makes a new map, which needs its pins again
  useEffect(() => {
    const on = map.current
    if (!on) return
    const layer = L.layerGroup().addTo(on)
    const next = new Map<string, HTMLElement>()
    for (const pin of pins) {
      const marker = L.marker([(1 - pin.y) * height, pin.x * width], {
        icon: L.divIcon({ className: classes.pin, iconSize: [34, 34], iconAnchor: [17, 34] }),
        draggable: movable,
        autoPan: true,
        title: nameOf(pin),
        alt: nameOf(pin),
        riseOnHover: true,
      })
      marker.on('click', () => calls.current.onChoose(pin))
      marker.on('keypress', (event: L.LeafletKeyboardEvent) => {
        if (event.originalEvent.key === 'Enter') calls.current.onChoose(pin)
      })
      marker.on('dragend', () => {
        const { lat, lng } = marker.getLatLng()
        calls.current.onMove(pin, { x: round(lng / width), y: round(1 - lat / height) })
      })
      marker.addTo(layer)
      const face = marker.getElement()
      if (face) {
        face.setAttribute('aria-label', nameOf(pin))
        next.set(pin.id, face)
      }
    }
    setFaces(next)
    return () => {
      layer.remove()
    }
  }, [pins, movable, url, width, height])

  useEffect(() => {
    for (const [id, face] of faces) face.toggleAttribute('data-chosen', id === chosen)
    const pin = calls.current.pins.find((one) => one.id === chosen)
    if (pin) map.current?.panInside([(1 - pin.y) * height, pin.x * width], { padding: [80, 80] })
  }, [faces, chosen, width, height])

  return (
    <div className={classes.frame} data-setting={setting || undefined}>
      <section ref={frame} className={classes.canvas} aria-label={props.label} />
      {pins.map((pin) => {
        const face = faces.get(pin.id)
        const Icon = pinIcon(pin.icon)
        return (
          face &&
          createPortal(
            <span
              className={classes.mark}
              data-secret={pin.visibility !== 'everyone' || undefined}
              style={pin.colour ? { background: pin.colour } : undefined}
            >
              <Icon size={18} stroke={2} aria-hidden />
            </span>,
            face,
            pin.id,
          )
        )
      })}
    </div>
  )
}
