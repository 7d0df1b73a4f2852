export interface Manifest {
  private?: boolean;
  exports?: Record<string, unknown>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  flagtree: { build: string; platform?: string };
}

export interface Workspace {
  name: string;
  /** From the root of the repository. */
  directory: string;
  manifest: Manifest;
  uses: Workspace[];
}

export function workspaces(): Workspace[];
export function modulesOf(workspace: { manifest: Pick<Manifest, 'exports'> }): Record<string, string[]>;
export function doorsOf(workspace: Workspace): Record<string, string>;
