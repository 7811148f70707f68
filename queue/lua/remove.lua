-- remove takes a ticket that is not claimed out of the queue.
--
-- ARGV: channel, tenant, job
-- Result: 1, or 0 if there is none.

local ticket = read(ARGV[2], ARGV[3])
if not ticket or ticket.state == 'claimed' then
  return 0
end
change(ticket.tenant, function()
  redis.call('ZREM', waiting, member(ticket))
  redis.call('ZREM', delayed, place(ticket))
  redis.call('HDEL', tickets, place(ticket))
  count(queued, ticket.tenant, -1)
end)
return 1
