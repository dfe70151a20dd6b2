import { type ReactNode, useEffect, useState } from 'react'
import { prepareToTry, tryMachine } from '../../actions/try-machine.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Say, useSay } from '../../say.tsx'
import { failureAt } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { placeOfTry, type TryPlace } from './try-place.ts'

const prompt = 'root@linux:~# '

/** The first and largest way: a machine that is Berth's own, made, started and shown by one press. */
export function TryPanel({ place }: { readonly place: TryPlace }): ReactNode {
  const say = useSay()
  const [isOnItsWay, setOnItsWay] = useState(false)
  const failure = useApp(failureAt(placeOfTry))
  const name = say('first.tryName')
  const readyId = place.kind === 'ready' ? place.endpointId : null
  useEffect(() => {
    if (readyId !== null) prepareToTry(readyId)
  }, [readyId])
  const start = async (): Promise<void> => {
    if (place.kind !== 'ready') return
    setOnItsWay(true)
    await tryMachine(place.endpointId, name)
    setOnItsWay(false)
  }
  const reason =
    place.kind === 'looking' ? say('first.looking') : place.kind === 'broken' ? say(place.error.message) : null
  const error = failure?.error ?? (place.kind === 'broken' ? place.error : null)
  return (
    <section className="first-run-try" aria-labelledby="first-run-try">
      <div className="first-run-try-words">
        <h2 id="first-run-try">{say('first.try')}</h2>
        <p>{say('first.tryAbout')}</p>
        <Button
          kind="primary"
          icon="play"
          reason={isOnItsWay ? say('first.tryStarting') : reason}
          onClick={() => void start()}
        >
          {say(isOnItsWay ? 'first.tryStarting' : 'first.tryStart')}
        </Button>
        {error !== null && (
          <p className="first-run-problem" role="alert">
            <Icon name="warning" size="small" />
            <span>
              <Say text={error.message} /> {error.hint !== null && <Say text={error.hint} />}
            </span>
          </p>
        )}
      </div>
      {/* What its console shows after the first two lines a person may type there. */}
      <div className="first-run-try-screen" aria-hidden="true" lang="en" dir="ltr">
        <span>{prompt}</span>echo hi &gt; note
        <br />
        <span>{prompt}</span>cat note
        <br />
        hi
        <br />
        <span>{prompt}</span>
        <i />
      </div>
    </section>
  )
}
