-- Tells views, each of another viewer or video. Arguments: the name of the run, the ids of the videos.
local run, videos, asked = '', {}, 0
local body = '{"position":31.5,"watchedSeconds":30.2,"region":"GB"}'
-- Global, so that `done`, which runs in a state of its own, can ask the thread for it.
repeated = 0

local threads = {}
function setup(thread) table.insert(threads, thread) end

function init(args)
  run = table.remove(args, 1)
  videos = args
end

function request()
  asked = asked + 1
  local headers = {
    ['Content-Type'] = 'application/json',
    ['User-Agent'] = string.format('Mozilla/5.0 (%s %d)', run, math.floor(asked / #videos)),
  }
  return wrk.format('POST', '/api/videos/' .. videos[asked % #videos + 1] .. '/views', headers, body)
end

function response(_, _, told)
  if told:sub(1, 15) ~= '{"counted":true' then repeated = repeated + 1 end
end

dofile('scripts/bench/tools/load.lua')
local report = done
function done(summary, latency)
  for _, thread in ipairs(threads) do
    summary.errors.status = summary.errors.status + thread:get('repeated')
  end
  report(summary, latency)
end
