/** Names that a person, a typo or a joker types. */
export const hostileNames: readonly string[] = [
  '서명 실습용 머신',
  'خادم الاختبار',
  'a "quoted" name, with commas',
  "it's `$(here)` & there; %s %n",
  'first line\nsecond line',
  '--help',
  '-rf',
  '../../outside',
  '{uuid}',
  'name=with,if=none\\and\\backslashes',
  '가'.repeat(200),
  '🚀'.repeat(50),
]
