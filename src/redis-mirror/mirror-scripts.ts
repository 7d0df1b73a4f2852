import { REVISION_MEMBER } from './mirror-value.js';

/** Of a revision: a number beyond it is none, and JavaScript would not read it exactly. */
export const MOST_DIGITS = 15;

/**
 * KEYS: the marker, then the keys of flags. ARGV: mode, from, to, whether this finishes, channel, count of messages, messages, values.
 * All or nothing for the mirror as a whole; and no key is set to an older revision than it has, unless all that is newer is to be replaced.
 */
export const WRITE = `
-- A number with more digits than any revision has is somebody else's, and must not count as the newest for ever.
local function revisionIn(key, pattern)
  local text = redis.pcall('GET', key)
  local digits = type(text) == 'string' and string.match(text, pattern)
  return digits and #digits <= ${MOST_DIGITS} and tonumber(digits)
end
local mode, from, to = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local held = revisionIn(KEYS[1], '^%d+$')
if mode == 'change' then
  if not held then return 'lost' end
  if held >= to then return 'newer' end
  if held < from then return 'behind' end
elseif mode == 'repair' and held and held > to then
  return 'newer'
end
local messages = tonumber(ARGV[6])
for index = 2, #KEYS do
  local value = ARGV[6 + messages + index - 1]
  local newer = false
  if mode ~= 'replace' then
    local revision = revisionIn(KEYS[index], '^{"revision":(%d+),')
    newer = revision and revision > to
  end
  if not newer then
    if value == '' then redis.call('DEL', KEYS[index]) else redis.call('SET', KEYS[index], value) end
  end
end
if ARGV[4] == '1' then
  redis.call('SET', KEYS[1], ARGV[3])
  for index = 1, messages do redis.call('PUBLISH', ARGV[5], ARGV[6 + index]) end
end
return 'written'
`;

/** SHA-1 of each value without its revision; empty for a key that has none. */
export const FINGERPRINTS = `
local found = {}
for index, key in ipairs(KEYS) do
  local value = redis.pcall('GET', key)
  found[index] = type(value) == 'string' and redis.sha1hex((string.gsub(value, '${REVISION_MEMBER}', '', 1))) or ''
end
return found
`;
