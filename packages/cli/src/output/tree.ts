export interface Branch {
  label: string;
  children: readonly Branch[];
}

/** A forest, drawn with lines. */
export function tree(roots: readonly Branch[]): string {
  return roots.flatMap((root) => [root.label, ...below(root, '')]).join('\n');
}

function below({ children }: Branch, indentation: string): string[] {
  return children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    return [`${indentation}${isLast ? '└─ ' : '├─ '}${child.label}`, ...below(child, `${indentation}${isLast ? '   ' : '│  '}`)];
  });
}
