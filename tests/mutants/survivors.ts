/** Mistakes that no test can notice, each with the reason. Whatever else survives is a missing test. */
export const SURVIVORS: Readonly<Record<string, string>> = {
  'who was removed for good goes on campaigning':
    'the same: of the configurations that are settled only the newest is kept from step to step, so there is no previous one to vote by.',
  "the farewell's save is performed":
    'a second lock on the door of thesis 4.2.2, as SCHEDULES says: no harm in 995,398 states as long as the removed node campaigns.',
  'a leader that hears a farewell campaigns anew': 'the same: a few lines later only a follower acts on a farewell.',
  'a transfer goes on to who votes no more':
    'a second lock: no change is made during a transfer (M12), so who votes at its beginning votes until its end.',
  'a number that cannot be found is not filled':
    'a second lock: whoever takes a session over fills what is missing in it at once, and numbers of a page that runs are never missing.',
}
