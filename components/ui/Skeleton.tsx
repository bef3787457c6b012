interface SkeletonProps {
  /** Of the text that comes, in `ch`; 100 % when left out. */
  width?: number
  /** Height in pixels. */
  height?: number
}

/** Stands where something comes, in its size. */
export function Skeleton({ width, height = 12 }: SkeletonProps) {
  return (
    <span
      aria-hidden
      className="block max-w-full animate-breathe rounded-sm bg-line"
      style={{ width: width === undefined ? '100%' : `${width}ch`, height }}
    />
  )
}
