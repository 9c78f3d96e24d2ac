import { Link } from '@tanstack/react-router'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Message } from '../../ui/failure.tsx'

/** Nothing on the shelves, or nothing of what was searched for. */
export function EmptyCatalogue({ search, onClear }: { search: string; onClear: () => void }) {
  if (search) {
    return (
      <Message title={`Nothing found for “${search}”`} text="Try a shorter or another word.">
        <Button kind="primary" onClick={onClear}>
          Show all products
        </Button>
      </Message>
    )
  }
  return (
    <Message
      title="The shelves are empty"
      text="Add the first product in the staff area: a name, a price, how many there are, and a picture. It stands here at once."
    >
      <Link to="/staff/products/new" className={buttonClass('primary')}>
        Add the first product
      </Link>
      <Link to="/staff/products" className={buttonClass()}>
        Start with samples
      </Link>
    </Message>
  )
}
