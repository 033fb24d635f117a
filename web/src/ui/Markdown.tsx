/** Markdown as safe elements: no raw HTML, links leave without a referrer, pictures only from this server. */
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'

const components: Components = {
  a: ({ href, children }) => {
    const outside = /^https?:/i.test(href ?? '')
    return (
      <a href={href} {...(outside ? { target: '_blank', rel: 'noopener noreferrer nofollow' } : {})}>
        {children}
      </a>
    )
  },
  img: ({ src, alt }) =>
    typeof src === 'string' && src.startsWith('/') ? <img src={src} alt={alt ?? ''} /> : <em>{alt}</em>,
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
}

export default function Markdown({ children }: { children: string }) {
  return (
    <div className="skald-prose">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={components}>
        {children}
      </ReactMarkdown>
    </div>
  )
}
