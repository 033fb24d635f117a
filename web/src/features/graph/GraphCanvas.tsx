/** The ties as a picture. What it shows stands in the table as well, so it is hidden from screen readers. */
import { useComputedColorScheme } from '@mantine/core'
import cytoscape, { type Core, type ElementDefinition } from 'cytoscape'
import { useEffect, useRef } from 'react'
import { colourOf, groupColour } from './colours'
import classes from './Graph.module.css'
import type { Graph } from './queries'

interface GraphCanvasProps {
  graph: Graph
  /** Entities and ties along a way that was looked for. */
  way: { nodes: Set<string>; edges: Set<string> } | null
  chosen: string | null
  center: string | null
  /** The group of each entity, when groups are coloured. */
  groups: Map<string, number> | null
  onChoose: (id: string | null) => void
}

function elements(graph: Graph): ElementDefinition[] {
  return [
    ...graph.nodes.map((node) => ({ data: { id: node.id, label: node.name, kind: node.kind } })),
    ...graph.edges.map((edge) => ({
      data: {
        id: edge.id,
        source: edge.from_id,
        target: edge.to_id,
        label: edge.kind,
        width: 1.2 + Math.abs(edge.strength) * 0.35,
        mood: edge.strength > 0 ? 'good' : edge.strength < 0 ? 'bad' : 'neutral',
        arrow: edge.symmetric ? 'none' : 'triangle',
      },
    })),
  ]
}

function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

export function GraphCanvas({ graph, way, chosen, center, groups, onChoose }: GraphCanvasProps) {
  const frame = useRef<HTMLDivElement>(null)
  const core = useRef<Core | null>(null)
  const scheme = useComputedColorScheme('light')
  const choose = useRef(onChoose)
  choose.current = onChoose

  useEffect(() => {
    if (!frame.current) return
    const made = cytoscape({
      container: frame.current,
      elements: elements(graph),
      minZoom: 0.1,
      maxZoom: 3,
      layout: {
        name: 'cose',
        animate: false,
        randomize: true,
        nodeRepulsion: () => 12_000,
        idealEdgeLength: () => 90,
        nodeOverlap: 24,
        padding: 24,
      },
    })
    made.on('tap', (event) =>
      choose.current(event.target === made ? null : event.target.isNode() ? event.target.id() : null),
    )
    core.current = made
    return () => {
      made.destroy()
      core.current = null
    }
  }, [graph])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new graph makes a new picture, which needs its colours again
  useEffect(() => {
    const on = core.current
    if (!on) return
    const text = css('--mantine-color-text')
    const moods = { good: css('--skald-good'), bad: css('--skald-bad'), neutral: css('--mantine-color-dimmed') }
    on.style([
      {
        selector: 'node',
        style: {
          label: 'data(label)',
          color: text,
          'font-family': 'Source Sans 3 Variable, sans-serif',
          'font-size': 13,
          'text-valign': 'bottom',
          'text-margin-y': 5,
          'text-wrap': 'wrap',
          'text-max-width': '110px',
          'text-outline-color': css('--mantine-color-body'),
          'text-outline-width': 2,
          'min-zoomed-font-size': 7,
          width: (node: cytoscape.NodeSingular) => 20 + Math.min(26, node.degree(false) * 2.2),
          height: (node: cytoscape.NodeSingular) => 20 + Math.min(26, node.degree(false) * 2.2),
          'background-color': (node: cytoscape.NodeSingular) =>
            groups ? groupColour(groups.get(node.id())) : colourOf(node.data('kind')),
        },
      },
      {
        selector: 'edge',
        style: {
          width: 'data(width)',
          'curve-style': 'bezier',
          'line-color': (edge: cytoscape.EdgeSingular) => moods[edge.data('mood') as keyof typeof moods],
          'target-arrow-color': (edge: cytoscape.EdgeSingular) => moods[edge.data('mood') as keyof typeof moods],
          'target-arrow-shape': (edge: cytoscape.EdgeSingular) => edge.data('arrow'),
          'arrow-scale': 0.8,
          opacity: 0.7,
        },
      },
      {
        selector: 'edge.near',
        style: {
          label: 'data(label)',
          color: text,
          'font-size': 11,
          'text-rotation': 'autorotate',
          'text-background-color': css('--mantine-color-body'),
          'text-background-opacity': 0.85,
          'text-background-padding': '2px',
          opacity: 1,
        },
      },
      { selector: 'node.chosen', style: { 'border-width': 4, 'border-color': css('--skald-brass') } },
      { selector: '.faint', style: { opacity: 0.18 } },
      { selector: '.way', style: { opacity: 1 } },
    ])
    on.batch(() => {
      on.elements().removeClass('near chosen faint way')
      const lit = way ? on.elements().filter((one) => way.nodes.has(one.id()) || way.edges.has(one.id())) : null
      if (lit && lit.length > 0) {
        on.elements().addClass('faint')
        lit.removeClass('faint').addClass('way')
        lit.edges().addClass('near')
      }
      const main = on.getElementById(chosen ?? center ?? '')
      main.addClass('chosen')
      if (chosen) main.connectedEdges().addClass('near').removeClass('faint')
    })
  }, [graph, way, chosen, center, groups, scheme])

  return <div ref={frame} className={classes.canvas} aria-hidden data-testid="graph" />
}
