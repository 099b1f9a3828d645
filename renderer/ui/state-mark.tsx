const shapes = {
  waiting: <circle cx="7" cy="7" r="4.7" />,
  starting: (
    <>
      <circle cx="7" cy="7" r="4.7" className="orbit" />
      <path d="M7 2.3a4.7 4.7 0 0 1 4.7 4.7" />
    </>
  ),
  running: (
    <>
      <circle className="fill" cx="7" cy="7" r="3" />
      <circle className="orbit" cx="7" cy="7" r="5.7" />
      <path d="M7 1.3a5.7 5.7 0 0 1 5.7 5.7" />
    </>
  ),
  done: <path d="m2.4 7.6 3.1 3.2 6-7.2" />,
  failed: <path d="m3.2 3.2 7.6 7.6M10.8 3.2l-7.6 7.6" />,
  held: (
    <>
      <circle cx="7" cy="7" r="5.4" />
      <path d="M5.4 5v4M8.6 5v4" />
    </>
  ),
  paused: <path className="bars" d="M4.6 2.6v8.8M9.4 2.6v8.8" />,
  cancelled: (
    <>
      <circle cx="7" cy="7" r="4.7" />
      <path d="m3.8 10.2 6.4-6.4" />
    </>
  ),
};

/** A state by its own shape, so that colour only helps. With a title it is read aloud, without one it decorates a word. */
export const StateMark = ({ mark, title }: { mark: keyof typeof shapes; title?: string }) => (
  <svg className={`st ${mark}`} viewBox="0 0 14 14" {...(title ? { role: 'img', 'aria-label': title } : { 'aria-hidden': true })}>
    {shapes[mark]}
  </svg>
);
