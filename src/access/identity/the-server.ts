import { Caller } from './caller.js';

/** Who the audit log names for what the server writes by itself. No token has this name. */
export const THE_SERVER = new Caller({
  id: '00000000-0000-0000-0000-000000000000',
  publicId: '',
  name: 'setup',
  kind: 'admin',
  role: 'admin',
  environmentIds: null,
  includeDescendants: false,
  flagTags: null,
  expiresAt: null,
  revokedAt: null,
  createdBy: null,
  createdAt: new Date(0).toISOString(),
  version: 0,
  isOwn: false,
});
